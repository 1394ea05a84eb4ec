using System.Buffers;
using CliWrap;

namespace Qwen35Batch.Pipeline.Tools;

/// <summary>Keeps a tool's output up to a limit; what is beyond is drained, so that the tool does not block, and counted.</summary>
internal sealed class OutputBuffer(int limit)
{
    private readonly ArrayBufferWriter<byte> _kept = new();

    public PipeTarget Target => PipeTarget.Create(DrainAsync);

    /// <summary>True when the tool wrote more than the limit.</summary>
    public bool HasOverflowed { get; private set; }

    public ReadOnlyMemory<byte> Bytes => _kept.WrittenMemory;

    private async Task DrainAsync(Stream output, CancellationToken cancellationToken)
    {
        var block = new byte[1 << 16];
        int read;
        while ((read = await output.ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0)
        {
            var room = Math.Min(read, limit - _kept.WrittenCount);
            _kept.Write(block.AsSpan(0, room));
            HasOverflowed |= room < read;
        }
    }
}
