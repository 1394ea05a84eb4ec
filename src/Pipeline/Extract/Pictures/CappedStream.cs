namespace Qwen35Batch.Pipeline.Extract.Pictures;

/// <summary>A file of which only so many bytes may be read, wherever they stand.</summary>
internal sealed class CappedStream(Stream file, long limit) : Stream
{
    private long _left = limit;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => file.Length;

    public override long Position
    {
        get => file.Position;
        set => file.Position = value;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">More than allowed is asked for.</exception>
    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = file.Read(buffer, offset, count);
        _left -= read;
        return _left >= 0 ? read : throw new IOException("More of the file is asked for than may be read.");
    }

    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
