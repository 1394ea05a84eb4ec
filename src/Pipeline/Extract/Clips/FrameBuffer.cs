using System.Globalization;
using System.Text.RegularExpressions;
using CliWrap;
using Qwen35Batch.Pipeline.Extract.Pictures;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>Collects raw RGB frames from standard output and their times from standard error.</summary>
internal sealed partial class FrameBuffer(int width, int height, int maxFrames, bool keepOnlyLast)
{
    private readonly List<Picture> _pictures = [];
    private readonly List<double> _seconds = [];

    public PipeTarget Target => PipeTarget.Create(ReadAsync);

    /// <summary>The frames with their times, in order.</summary>
    public IReadOnlyList<Picture> Pictures
    {
        get
        {
            // The last picture belongs to the last time only when every time has its picture.
            var count = keepOnlyLast ? Math.Min(_pictures.Count, 1) : Math.Min(_pictures.Count, _seconds.Count);
            var firstTime = keepOnlyLast ? Math.Max(0, _seconds.Count - 1) : 0;
            return [.. Enumerable.Range(0, _seconds.Count == 0 ? 0 : count)
                .Select(index => _pictures[index] with { Seconds = _seconds[firstTime + index] })];
        }
    }

    /// <summary>Takes the lines that the metadata filter writes; the time base is a microsecond.</summary>
    public bool TakeLine(string line)
    {
        if (FrameTime().Match(line) is { Success: true } match)
        {
            _seconds.Add(long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) / 1e6);
            return true;
        }

        return line == "q=1";
    }

    private async Task ReadAsync(Stream output, CancellationToken cancellationToken)
    {
        var header = Pixmap.Header(width, height);
        var length = header.Length + (width * height * 3);
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

    [GeneratedRegex(@"^frame:\d+\s+pts:(-?\d+)\s")]
    private static partial Regex FrameTime();
}
