namespace Qwen35Batch.Pipeline.Extract.Documents.Content;

/// <summary>A stream that takes so many bytes and drops the rest: what writes more is broken off, and then not whole.</summary>
internal sealed class Bounded(Stream target, long limit) : Stream
{
    private long _left = limit;

    /// <summary>Whether something was dropped.</summary>
    public bool HasOverflowed { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() => target.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => target.Write(buffer, offset, Take(count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        target.WriteAsync(buffer[..Take(buffer.Length)], cancellationToken);

    private int Take(int count)
    {
        var taken = (int)Math.Min(count, _left);
        _left -= taken;
        HasOverflowed |= taken < count;
        return taken;
    }
}
