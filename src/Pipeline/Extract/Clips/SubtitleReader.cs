using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>Takes the subtitles of a span out of a file: what was said, with times, without asking a model.</summary>
internal sealed partial class SubtitleReader(ToolRunner runner, IOptions<AcquireOptions> acquire, IOptions<ExtractOptions> extract)
{
    // A subtitle is found by its start: one that is shown for longer than this before the span is not.
    private const double LongestShown = 60;
    private const int MostBytes = 4 << 20;

    /// <summary>The subtitles of a span; null when the file has none in it.</summary>
    /// <param name="path">A file of the media store.</param>
    /// <param name="media">Its description.</param>
    /// <param name="span">The span.</param>
    /// <param name="options">The language of the answer chooses the track.</param>
    /// <param name="cancellationToken">Stops ffmpeg.</param>
    public async Task<Subtitles?> ReadAsync(
        string path, MediaDescription media, TimeSpanSeconds span, JobOptions options, CancellationToken cancellationToken)
    {
        if (SubtitleChoice.Choose(media.TextTracks, options.Language) is not { } track)
            return null;
        var lines = new List<SubtitleLine>();
        foreach (var part in MediaPart.Of(path, media, span))
        {
            var found = Parse(await RunAsync(part, track.Stream, cancellationToken).ConfigureAwait(false));
            lines.AddRange(found.Where(line => BelongsTo(part, line)).Select(line => new SubtitleLine(
                Math.Clamp(line.Start, part.Span.Start, part.Span.End) + part.Offset, Math.Clamp(
                    line.End, part.Span.Start, part.Span.End) + part.Offset, line.Text)));
        }

        return lines.Count == 0 ? null : new(track.Language, [.. lines.OrderBy(line => line.Start).Distinct()]);
    }

    // A subtitle across two spans is told once, in that which has its middle.
    private static bool BelongsTo(MediaPart part, SubtitleLine line)
    {
        var middle = (line.Start + line.End) / 2;
        return middle >= part.Span.Start && (middle < part.Span.End || (part.ReachesEnd && line.Start < part.Span.End));
    }

    private async Task<string> RunAsync(MediaPart part, int stream, CancellationToken cancellationToken)
    {
        var output = new OutputBuffer(MostBytes);
        var from = part.Span.Start - LongestShown;
        await runner.RunAsync(
            new()
            {
                Tool = "ffmpeg",
                Arguments =
                [
                    "-nostdin", "-hide_banner", "-nostats", "-loglevel", "error", .. FfmpegGuards.Input(acquire.Value.MaxPixels),
                    "-copyts", "-start_at_zero", .. from > 0 ? (IReadOnlyList<string>)["-ss", Number(from)] : [], "-i", part.Input,
                    "-map", string.Create(
                        CultureInfo.InvariantCulture, $"0:{stream}"), "-to", Number(part.Span.End + LongestShown), "-f", "webvtt", "pipe:1",
                ],
                Deadline = extract.Value.ClipDeadline,
                Subject = string.Create(CultureInfo.InvariantCulture, $"The subtitles from {part.Span.Start + part.Offset:F1} s on"),
                Output = output.Target,
            },
            cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(output.Bytes.Span);
    }

    private static IEnumerable<SubtitleLine> Parse(string text)
    {
        foreach (var cue in text.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var times = CueTimes().Match(cue);
            if (!times.Success)
                continue;
            var words = WebUtility.HtmlDecode(Styles().Replace(cue[(times.Index + times.Length)..], ""));
            var line = string.Join(' ', words.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
            if (line.Length > 0)
                yield return new(Seconds(times.Groups[1].Value), Seconds(times.Groups[2].Value), line);
        }
    }

    private static double Seconds(string clock) =>
        clock.Split(':').Aggregate(0.0, (seconds, part) => (seconds * 60) + double.Parse(part, CultureInfo.InvariantCulture));

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^((?:\d+:)?\d\d:\d\d\.\d{3}) --> ((?:\d+:)?\d\d:\d\d\.\d{3})[^\n]*\n", RegexOptions.Multiline)]
    private static partial Regex CueTimes();

    [GeneratedRegex(@"</?[A-Za-z][^<>\n]*>|\{\\[^{}\n]*\}")]
    private static partial Regex Styles();
}
