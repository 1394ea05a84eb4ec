using CliWrap;
using Qwen35Batch.Pipeline.Extract.Pictures;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>Collects raw RGB frames from standard output, and from standard error their times and where decoding began.</summary>
internal sealed class FrameBuffer(int width, int height, int maxFrames, bool keepOnlyLast)
{
    private readonly List<Picture> _pictures = [];
    private readonly List<FrameTime> _times = [];

    public PipeTarget Target => PipeTarget.Create(ReadAsync);

    /// <summary>The time of the first frame that was decoded, selected or not; null when there was none.</summary>
    public double? FirstDecoded { get; private set; }

    /// <summary>The frames with their times, in order.</summary>
    public IReadOnlyList<(Picture Picture, FrameTime Time)> Frames
    {
        get
        {
            // The last picture belongs to the last time only when every time has its picture.
            var count = keepOnlyLast ? Math.Min(_pictures.Count, 1) : Math.Min(_pictures.Count, _times.Count);
            var first = keepOnlyLast ? Math.Max(0, _times.Count - 1) : 0;
            return [.. Enumerable.Range(0, _times.Count == 0 ? 0 : count).Select(index => (_pictures[index], _times[first + index]))];
        }
    }

    /// <summary>Takes a line; lines that are no errors are all taken.</summary>
    public bool TakeLine(string line)
    {
        if (FrameTime.Read(line) is { } frame) _times.Add(frame);
        else FirstDecoded ??= FrameTime.ReadFirst(line);
        return !FrameTime.IsError(line);
    }

    private async Task ReadAsync(Stream output, CancellationToken cancellationToken)
    {
        var header = Pixmap.Header(width, height);
        var length = header.Length + (width * height * 3);
        PipeSize.Widen(output, length);
        while (true)
        {
            var pixmap = new byte[length];
            header.CopyTo(pixmap, 0);
            var read = await output.ReadAtLeastAsync(
                pixmap.AsMemory(header.Length), length - header.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (read < length - header.Length)
                return;
            if (keepOnlyLast)
                _pictures.Clear();
            if (_pictures.Count < maxFrames)
                _pictures.Add(Pixmap.FromPixmap(pixmap, width, height));
        }
    }
}
