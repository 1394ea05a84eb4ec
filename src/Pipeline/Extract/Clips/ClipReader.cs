using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract.Pictures;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>
/// Takes the frames of a clip with the times that the decoder reports. One frame of each interval of 1/rate seconds is selected,
/// the first that the decoder shows in it: nothing drifts, and a variable frame rate keeps its true times. Where none appears in three
/// quarters of an interval, what is shown at its beginning is taken, with that beginning as its time; in a clip a picture that goes on
/// standing is given once.
/// </summary>
internal sealed class ClipReader(ClipDecoder decoder, ToneMapping toneMapping)
{
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
        var (width, height) = PictureSize.FitKept(media.Width!.Value, media.Height!.Value, maxFramePixels);
        var toneMap = await ToneMapAsync(media, cancellationToken).ConfigureAwait(false);
        var parts = MediaPart.Of(path, media, span);
        var frames = new List<Frame>();
        var isDamaged = false;
        foreach (var part in parts)
        {
            var run = new Run(
                part, ClipDecoder.Stream(media), ClipFilters.Chain(
                    ClipFilters.Sample(part.Span, fps, part.ReachesEnd), toneMap, Shape(media), width, height), width, height,
                MaxFrames(part.Span, fps), KeepsOnlyLast: false, ClipDecoder.Margins(media));
            var (found, damaged) = await ReadPartAsync(run, cancellationToken).ConfigureAwait(false);
            isDamaged |= damaged;
            frames.AddRange(OnePerInterval(found, part, fps));
        }

        if (frames.Count == 0 && !isDamaged)
        {
            // Nothing is wrong, the picture only stands still: what is shown is the last frame from before the clip.
            var part = parts[0];
            var still = new Run(
                part, ClipDecoder.Stream(media), ClipFilters.Chain(
                    ClipFilters.Until(part.Span.Start), toneMap, Shape(media), width, height), width, height,
                MaxFrames: 1, KeepsOnlyLast: true, ClipDecoder.Margins(media));
            if ((await ReadPartAsync(still, cancellationToken).ConfigureAwait(false)).Frames is [var shown])
            {
                var seconds = shown.Time.Seconds + part.Offset;
                return new()
                {
                    Pictures = [shown.Picture with { Seconds = seconds }],
                    Notes =
                    [
                        ReadingNote.Information(
                            Text($"The picture does not change in this clip: its only frame is from {seconds:F1} s.")),
                    ],
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

        return Segment(frames, media, span, fps, isDamaged);
    }

    /// <summary>A clip whose frames were decoded with those of others, none of them damaged.</summary>
    /// <param name="frames">Its frames as whole binary PPMs, in order; at least one.</param>
    /// <param name="path">A file of the media store that holds one recording.</param>
    /// <param name="media">Its description.</param>
    /// <param name="span">The clip.</param>
    /// <param name="fps">Frames per second.</param>
    /// <param name="maxFramePixels">The largest number of pixels of a frame.</param>
    public static ExtractedSegment Of(
        IReadOnlyList<DecodedFrame> frames, string path, MediaDescription media, TimeSpanSeconds span, double fps, int maxFramePixels)
    {
        var (width, height) = PictureSize.FitKept(media.Width!.Value, media.Height!.Value, maxFramePixels);
        var found = frames.Select(frame => new Frame(Pixmap.FromPixmap(frame.Pixmap, width, height), frame.Time)).ToList();
        return Segment([.. OnePerInterval(found, MediaPart.Of(path, media, span)[0], fps)], media, span, fps, isDamaged: false);
    }

    /// <summary>How many times as wide as high a video is shown.</summary>
    public static double Shape(MediaDescription media) => media.Width!.Value / (double)media.Height!.Value;

    /// <summary>The filters that tone-map a video; null where it needs none or this ffmpeg has none.</summary>
    public async Task<string?> ToneMapAsync(MediaDescription media, CancellationToken cancellationToken) =>
        media.IsHighDynamicRange && await toneMapping.IsAvailableAsync(cancellationToken).ConfigureAwait(false)
            ? ToneMapping.Filters
            : null;

    /// <summary>The most frames that are taken of a clip.</summary>
    public static int MaxFrames(TimeSpanSeconds span, double fps) => (int)Math.Ceiling((span.End - span.Start) * fps) + 1 + SpareFrames;

    private static ExtractedSegment Segment(
        IReadOnlyList<Frame> frames, MediaDescription media, TimeSpanSeconds span, double fps, bool isDamaged) => new()
        {
            Pictures = [.. frames.Select(frame => frame.Picture)],
            Notes = ReadingNote.Of(
                frames is [{ Time.IsHeld: true }] && !isDamaged
                    ? ClipNotes.Still
                    : ClipNotes.Coverage(frames[0].Time.Seconds, frames[^1].Time.Seconds, span, media, fps, isDamaged),
                ClipNotes.Shapes([.. frames.Select(frame => frame.Time)])),
        };

    // A change of size in mid-stream begins the selection anew, in the middle of an interval. What is held is the same picture in each.
    private static IEnumerable<Frame> OnePerInterval(IReadOnlyList<Frame> frames, MediaPart part, double fps)
    {
        var last = double.NegativeInfinity;
        string? shown = null;
        foreach (var (picture, time) in frames)
        {
            var interval = Math.Floor(((time.Seconds - part.Span.Start) * fps) + 1e-3);
            if (interval <= last || (time.IsHeld && picture.Sha256 == shown))
                continue;
            (last, shown) = (interval, picture.Sha256);
            var seconds = (time.IsHeld ? part.Span.Start + (interval / fps) : time.Seconds) + part.Offset;
            yield return new(picture with { Seconds = seconds }, time with { Seconds = seconds });
        }
    }

    private async Task<(IReadOnlyList<Frame> Frames, bool IsDamaged)> ReadPartAsync(Run run, CancellationToken cancellationToken)
    {
        var start = run.Part.Span.Start;
        foreach (var margin in run.Margins)
        {
            var from = Math.Max(0, start - margin);
            // Strict first: without -xerror ffmpeg ends a broken video as if it were complete.
            var (result, frames) = await RunAsync(run, from, isStrict: true, cancellationToken).ConfigureAwait(false);
            var isDamaged = result.ExitCode != 0;
            if (isDamaged)
                (_, frames) = await RunAsync(run, from, isStrict: false, cancellationToken).ConfigureAwait(false);
            // A seek must land at or before the clip; one to the very start cannot do otherwise, and where an index says that there is
            // nothing, there is nothing.
            if (!ClipDecoder.IsBehind(from, start, frames.FirstDecoded, run.Margins))
                return ([.. frames.Frames.Select(frame => new Frame(frame.Picture, frame.Time))], isDamaged);
        }

        throw new InvalidOperationException("The last margin reaches back to the start.");
    }

    private async Task<(ToolResult Result, FrameBuffer Frames)> RunAsync(
        Run run, double from, bool isStrict, CancellationToken cancellationToken)
    {
        var frames = new FrameBuffer(run.Width, run.Height, run.MaxFrames, run.KeepsOnlyLast);
        var result = await decoder.DecodeAsync(
            new()
            {
                Part = run.Part,
                Stream = run.Stream,
                Filters = run.Filters,
                From = from,
                IsStrict = isStrict,
                MaxFrames = run.KeepsOnlyLast ? null : run.MaxFrames,
                Output = frames.Target,
                TakeErrorLine = frames.TakeLine,
            },
            cancellationToken).ConfigureAwait(false);
        return (result, frames);
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private sealed record Frame(Picture Picture, FrameTime Time);

    private sealed record Run(
        MediaPart Part, string Stream, string Filters, int Width, int Height, int MaxFrames, bool KeepsOnlyLast,
        IReadOnlyList<double> Margins);
}
