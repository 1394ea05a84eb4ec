using System.Globalization;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>
/// Takes the frames of a clip with the times that the decoder reports. One frame of each interval of 1/rate seconds is selected,
/// the first that the decoder shows in it: nothing drifts, and a variable frame rate keeps its true times.
/// </summary>
internal sealed class ClipReader(
    ToolRunner runner,
    ToneMapping toneMapping,
    IOptions<AcquireOptions> acquire,
    IOptions<ToolOptions> tools,
    IOptions<ExtractOptions> extract)
{
    // How far before the clip a seek aims, in seconds. Containers with an index land on the key frame before; others anywhere, and then
    // the next farther place is tried. The last is the start of the recording.
    private static readonly double[] WithIndex = [0, 4, 16, 64, double.PositiveInfinity];
    private static readonly double[] WithoutIndex = [2, 8, 32, 128, double.PositiveInfinity];
    private static readonly string[] MediaTypesWithoutIndex = ["video/mp2t", "video/ogg"];

    // Frames that a change of size in mid-stream, which begins the selection anew, may add.
    private const int SpareFrames = 16;

    /// <summary>The frames of a span of a video.</summary>
    /// <param name="path">A file of the media store.</param>
    /// <param name="media">Its description.</param>
    /// <param name="span">The clip.</param>
    /// <param name="fps">Frames per second.</param>
    /// <param name="maxFramePixels">The largest number of pixels of a frame.</param>
    /// <param name="cancellationToken">Stops ffmpeg.</param>
    /// <exception cref="MediaRejectedException">No frame of the clip can be decoded.</exception>
    public async Task<ExtractedSegment> ReadAsync(
        string path, MediaDescription media, TimeSpanSeconds span, double fps, int maxFramePixels, CancellationToken cancellationToken)
    {
        var (width, height) = PictureSize.Fit(media.Width!.Value, media.Height!.Value, maxFramePixels);
        var toneMap = media.IsHighDynamicRange && await toneMapping.IsAvailableAsync(cancellationToken).ConfigureAwait(false)
            ? ToneMapping.Filters
            : null;
        var parts = MediaPart.Of(path, media, span);
        var frames = new List<Frame>();
        var isDamaged = false;
        foreach (var part in parts)
        {
            var run = new Run(
                part, Stream(media), ClipFilters.Chain(
                    ClipFilters.Sample(part.Span, fps, part.ReachesEnd), toneMap, width, height), width, height,
                (int)Math.Ceiling((part.Span.End - part.Span.Start) * fps) + 1 + SpareFrames, KeepsOnlyLast: false, Margins(media));
            var (found, damaged) = await ReadPartAsync(run, cancellationToken).ConfigureAwait(false);
            isDamaged |= damaged;
            frames.AddRange(OnePerInterval(found, part, fps));
        }

        if (frames.Count == 0 && !isDamaged)
        {
            // Nothing is wrong, the picture only stands still: what is shown is the last frame from before the clip.
            var part = parts[0];
            var still = new Run(
                part, Stream(media), ClipFilters.Chain(ClipFilters.Until(part.Span.Start), toneMap, width, height), width, height,
                MaxFrames: 1, KeepsOnlyLast: true, Margins(media));
            if ((await ReadPartAsync(still, cancellationToken).ConfigureAwait(false)).Frames is [var shown])
            {
                var seconds = shown.Time.Seconds + part.Offset;
                return new()
                {
                    Pictures = [shown.Picture with { Seconds = seconds }],
                    Note = Text($"The picture does not change in this clip: its only frame is from {seconds:F1} s."),
                };
            }
        }

        if (frames.Count == 0)
        {
            throw new MediaRejectedException(
                RejectionReason.CorruptMedia,
                Text($"The clip from {span.Start:F1} s to {span.End:F1} s has no frame that can be decoded; ")
                    + "the video breaks off or is damaged before it. Submit an intact copy.");
        }

        return new()
        {
            Pictures = [.. frames.Select(frame => frame.Picture)],
            Note = Notes.Join(
                ClipNotes.Coverage(frames[0].Time.Seconds, frames[^1].Time.Seconds, span, media, fps, isDamaged),
                ClipNotes.Shapes([.. frames.Select(frame => frame.Time)])),
        };
    }

    // A change of size in mid-stream begins the selection anew, in the middle of an interval.
    private static IEnumerable<Frame> OnePerInterval(IReadOnlyList<Frame> frames, MediaPart part, double fps)
    {
        var last = double.NegativeInfinity;
        foreach (var (picture, time) in frames)
        {
            var interval = Math.Floor(((time.Seconds - part.Span.Start) * fps) + 1e-3);
            if (interval <= last)
                continue;
            last = interval;
            var seconds = time.Seconds + part.Offset;
            yield return new(picture with { Seconds = seconds }, time with { Seconds = seconds });
        }
    }

    private static double[] Margins(MediaDescription media) => MediaTypesWithoutIndex.Contains(media.MediaType) ? WithoutIndex : WithIndex;

    private static string Stream(MediaDescription media) =>
        media.VideoStream is { } stream ? string.Create(CultureInfo.InvariantCulture, $"0:{stream}") : "0:V:0";

    private async Task<(IReadOnlyList<Frame> Frames, bool IsDamaged)> ReadPartAsync(Run run, CancellationToken cancellationToken)
    {
        var start = run.Part.Span.Start;
        foreach (var margin in run.Margins)
        {
            var from = Math.Max(0, start - margin);
            // Strict first: without -xerror ffmpeg ends a broken video as if it were complete.
            var (result, frames) = await RunAsync(run, from, ["-xerror"], cancellationToken).ConfigureAwait(false);
            var isDamaged = result.ExitCode != 0;
            if (isDamaged)
                (_, frames) = await RunAsync(run, from, [], cancellationToken).ConfigureAwait(false);
            // A seek must land at or before the clip; one to the very start cannot do otherwise, and where an index says that there is
            // nothing, there is nothing.
            if (from == 0 || (frames.FirstDecoded is { } first ? first <= start + 0.001 : run.Margins == WithIndex))
                return ([.. frames.Frames.Select(frame => new Frame(frame.Picture, frame.Time))], isDamaged);
        }

        throw new InvalidOperationException("The last margin reaches back to the start.");
    }

    private async Task<(ToolResult Result, FrameBuffer Frames)> RunAsync(
        Run run, double from, IReadOnlyList<string> strictness, CancellationToken cancellationToken)
    {
        var frames = new FrameBuffer(run.Width, run.Height, run.MaxFrames, run.KeepsOnlyLast);
        var result = await runner.RunAsync(
            new()
            {
                Tool = "ffmpeg",
                Arguments =
                [
                    "-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info", .. strictness,
                    .. FfmpegGuards.Input(acquire.Value.MaxPixels), "-threads", Number(tools.Value.ToolThreads),
                    // Times stay those of the file, counted from its start, wherever the seek lands. A seek to the very start can land
                    // elsewhere: some AVI files have no index entry for it.
                    "-copyts", "-start_at_zero", .. from > 0
                        ? (IReadOnlyList<string>)["-noaccurate_seek", "-ss", Number(from)]
                        : [], "-i", run.Part.Input,
                    "-map", run.Stream, "-an", "-sn", "-dn", "-vf", run.Filters, "-fps_mode", "passthrough",
                    .. run.KeepsOnlyLast ? (IReadOnlyList<string>)[] : ["-frames:v", Number(run.MaxFrames)],
                    "-pix_fmt", "rgb24", "-f", "rawvideo", "pipe:1",
                ],
                Deadline = extract.Value.ClipDeadline,
                Subject = Text($"The clip from {run.Part.Span.Start + run.Part.Offset:F1} s to {run.Part.Span.End + run.Part.Offset:F1} s"),
                Output = frames.Target,
                TakeErrorLine = frames.TakeLine,
            },
            cancellationToken).ConfigureAwait(false);
        return (result, frames);
    }

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private sealed record Frame(Picture Picture, FrameTime Time);

    private sealed record Run(
        MediaPart Part, string Stream, string Filters, int Width, int Height, int MaxFrames, bool KeepsOnlyLast,
        IReadOnlyList<double> Margins);
}
