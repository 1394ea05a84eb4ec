using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract.Archives;

/// <summary>Reads what <see cref="ArchiveWriter"/> writes; as a stream, the content of the file that was begun last.</summary>
internal sealed class ArchiveReader(Stream input) : Stream
{
    private const int LongestText = 1 << 16;

    private int _left;
    private bool _isInFile;

    /// <summary>True when the archive was read to its end.</summary>
    public bool HasEnded { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The next file; what was not read of the one before is passed over. Null at the end.</summary>
    /// <exception cref="EndOfStreamException">The writer broke off.</exception>
    public async Task<ArchivedEntry?> NextAsync(CancellationToken cancellationToken)
    {
        await PassOverAsync(cancellationToken).ConfigureAwait(false);
        var length = await NumberAsync(cancellationToken).ConfigureAwait(false);
        if (length == 0)
        {
            HasEnded = true;
            return null;
        }

        var entry = JsonSerializer.Deserialize<ArchivedEntry>(await TextAsync(length, cancellationToken).ConfigureAwait(false));
        _isInFile = entry!.Problem is null;
        return entry;
    }

    /// <exception cref="MediaRejectedException">The file breaks off; the message says why, in words that follow its name.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left == 0 && _isInFile)
        {
            _left = await NumberAsync(cancellationToken).ConfigureAwait(false);
            _isInFile = _left > 0;
            if (_left == ArchiveWriter.Broken)
            {
                _left = 0;
                var length = await NumberAsync(cancellationToken).ConfigureAwait(false);
                throw new MediaRejectedException(
                    RejectionReason.CorruptMedia, await TextAsync(length, cancellationToken).ConfigureAwait(false));
            }
        }

        if (_left <= 0)
            return 0;
        var read = await input.ReadAsync(buffer[..Math.Min(buffer.Length, _left)], cancellationToken).ConfigureAwait(false);
        if (read == 0)
            throw new EndOfStreamException();
        _left -= read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    private async Task PassOverAsync(CancellationToken cancellationToken)
    {
        var block = new byte[1 << 16];
        try
        {
            while (await ReadAsync(block, cancellationToken).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (MediaRejectedException)
        {
            // Whoever passes a file over does not ask whether it was whole.
        }
    }

    private async Task<int> NumberAsync(CancellationToken cancellationToken)
    {
        var bytes = new byte[sizeof(int)];
        await input.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    private async Task<string> TextAsync(int length, CancellationToken cancellationToken)
    {
        if (length is < 0 or > LongestText)
            throw new EndOfStreamException();
        var bytes = new byte[length];
        await input.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(bytes);
    }
}
