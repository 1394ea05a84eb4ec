using System.Globalization;
using Qwen35Batch.Pipeline.Extract.Clips;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Tests.Extract.Clips;

/// <summary>Writes frames of one pixel, one for each second, as ffmpeg would, as long as they are read.</summary>
/// <param name="count">After so many frames it ends.</param>
/// <param name="exitCode">With what it ends.</param>
internal sealed class FrameSource(int count, int exitCode = 0) : Stream
{
    private const int BytesOfFrame = 3;
    private Action<string> _say = _ => { };
    private int _next;

    /// <summary>The frames that were read.</summary>
    public int Taken { get; private set; }

    /// <summary>The first clips that were decoded from.</summary>
    public List<int> Begun { get; } = [];

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public async Task<ToolResult> DecodeAsync(int first, double from, FrameStream frames, CancellationToken cancellationToken)
    {
        Begun.Add(first);
        _next = (int)from;
        _say = line => frames.TakeLine(line);
        _say(string.Create(CultureInfo.InvariantCulture, $"[info] {from:F6}"));
        await frames.Target.CopyFromAsync(this, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return new(exitCode, "");
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_next == count) return ValueTask.FromResult(0);
        _say($"[Parsed_showinfo_5 @ 0x1] [info] n:   0 pts: {_next * 1_000_000} pts_time:0 fmt:rgb24 sar:1/1 s:1x1 i:P iskey:1 ");
        buffer.Span[..BytesOfFrame].Fill((byte)_next);
        _next++;
        Taken++;
        return ValueTask.FromResult(BytesOfFrame);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
