namespace Qwen35Batch.Pipeline.Agents.Mcp;

/// <summary>What a server writes: at a line that is longer than allowed it ends, as if the server had.</summary>
internal sealed class BoundedLines(Stream stream, int longest) : Stream
{
    private int _length;

    /// <summary>A line was too long.</summary>
    public bool IsExceeded { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsExceeded) return 0;
        var read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        return Count(buffer.Span, read);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        IsExceeded ? 0 : Count(buffer.AsSpan(offset, count), stream.Read(buffer, offset, count));

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) stream.Dispose();
        base.Dispose(disposing);
    }

    private int Count(ReadOnlySpan<byte> buffer, int read)
    {
        var last = buffer[..read].LastIndexOf((byte)'\n');
        _length = last < 0 ? _length + read : read - last - 1;
        // One line may end within the block, so the longest that is let through is a block longer than allowed.
        if (_length <= longest) return read;
        IsExceeded = true;
        return 0;
    }
}
