using System.Globalization;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire;
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
    IOptions<ExtractOptions> extract)
{
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
        var bucket = $"floor((%-{Number(span.Start)})*{Number(fps)}+1e-6)";
        var select = $"select='isnan(prev_selected_t)+gte({bucket.Replace("%", "t", StringComparison.Ordinal)},{bucket.Replace("%", "prev_selected_t", StringComparison.Ordinal)}+1)'";
        var filters = await FiltersAsync(End(span, media) + select, media, width, height, cancellationToken).ConfigureAwait(false);
        var maxFrames = (int)Math.Ceiling((span.End - span.Start) * fps) + 1;
        // A seek to the very start can land elsewhere: some AVI files have no index entry for it.
        IReadOnlyList<string> seek = span.Start > 0 ? ["-ss", Number(span.Start)] : [];

        // Strict first: without -xerror ffmpeg ends a broken video as if it were complete.
        var run = new Run(path, span, seek, filters, width, height, maxFrames);
        var (result, frames) = await RunAsync(run, ["-xerror"], cancellationToken).ConfigureAwait(false);
        if (result.ExitCode == 0 && frames.Count == 0)
        {
            // Nothing is wrong, the picture only stands still: what is shown is the last frame from before the clip.
            var still = run with
            {
                Seek = ["-ss", Number(span.Start), "-noaccurate_seek"],
                Filters = await FiltersAsync($"trim=end={Number(span.Start + 0.001)}", media, width, height, cancellationToken).ConfigureAwait(false),
                KeepsOnlyLast = true,
            };
            (_, frames) = await RunAsync(still, [], cancellationToken).ConfigureAwait(false);
            if (frames.Count > 0)
                return new() { Pictures = frames, Note = Text($"The picture does not change in this clip: its only frame is from {frames[0].Seconds:F1} s.") };
        }

        var isDamaged = result.ExitCode != 0;
        if (isDamaged)
            (result, frames) = await RunAsync(run, [], cancellationToken).ConfigureAwait(false);
        if (frames.Count == 0)
        {
            throw new MediaRejectedException(
                RejectionReason.CorruptMedia,
                Text($"The clip from {span.Start:F1} s to {span.End:F1} s has no frame that can be decoded; the video breaks off or is damaged before it. Submit an intact copy."));
        }

        return new() { Pictures = frames, Note = Coverage(frames, span, media, fps, isDamaged) };
    }

    // "-t" counts from the first frame found, which in a video with gaps may lie behind the clip: the end is a time. The last
    // clip has none, because a header's duration may be a frame too short.
    private static string End(TimeSpanSeconds span, MediaDescription media) =>
        span.End < media.DurationSeconds ? $"trim=end={Number(span.End)}," : "";

    private static string? Coverage(IReadOnlyList<Picture> frames, TimeSpanSeconds span, MediaDescription media, double fps, bool isDamaged)
    {
        var tolerated = (2 / fps) + 0.5;
        var (first, last) = (frames[0].Seconds!.Value, frames[^1].Seconds!.Value);
        var isShort = last < span.End - tolerated;
        return (isShort, isDamaged) switch
        {
            (false, _) when first > span.Start + tolerated => Text($"The first frame of this clip is from {first:F1} s; there is none from {span.Start:F1} s on."),
            (true, true) => Text($"The video breaks off at {last:F1} s of {media.DurationSeconds:F1} s."),
            (true, false) => Text($"The last frame of this clip is from {last:F1} s; no other follows until {span.End:F1} s."),
            (false, true) => "Parts of the video are damaged in this clip; frames may be missing or wrong.",
            _ => null,
        };
    }

    private async Task<string> FiltersAsync(string select, MediaDescription media, int width, int height, CancellationToken cancellationToken)
    {
        var toneMap = media.IsHighDynamicRange && await toneMapping.IsAvailableAsync(cancellationToken).ConfigureAwait(false)
            ? ToneMapping.Filters + ","
            : "";
        return $"{select},settb=1/1000000,{toneMap}scale={width}:{height}:flags=bicubic,setsar=1,"
            + @"metadata=mode=add:key=q:value=1,metadata=mode=print:key=q:file='pipe\:2':direct=1";
    }

    private async Task<(ToolResult Result, IReadOnlyList<Picture> Frames)> RunAsync(
        Run run, IReadOnlyList<string> strictness, CancellationToken cancellationToken)
    {
        var frames = new FrameBuffer(run.Width, run.Height, run.MaxFrames, run.KeepsOnlyLast);
        var result = await runner.RunAsync(
            new()
            {
                Tool = "ffmpeg",
                Arguments =
                [
                    "-nostdin", "-hide_banner", "-loglevel", "error", .. strictness,
                    .. FfmpegGuards.Input(acquire.Value.MaxPixels), "-threads", Number(extract.Value.ToolThreads),
                    // Times stay those of the file, counted from its start, wherever the seek lands.
                    "-copyts", "-start_at_zero", .. run.Seek, "-i", FfmpegGuards.File(run.Path),
                    "-map", "0:V:0", "-an", "-sn", "-dn", "-vf", run.Filters, "-fps_mode", "passthrough",
                    .. run.KeepsOnlyLast ? (IReadOnlyList<string>)[] : ["-frames:v", Number(run.MaxFrames)],
                    "-pix_fmt", "rgb24", "-f", "rawvideo", "pipe:1",
                ],
                Deadline = extract.Value.ClipDeadline,
                Subject = Text($"The clip from {run.Span.Start:F1} s to {run.Span.End:F1} s"),
                Output = frames.Target,
                TakeErrorLine = frames.TakeLine,
            },
            cancellationToken).ConfigureAwait(false);
        return (result, frames.Pictures);
    }

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private sealed record Run(
        string Path, TimeSpanSeconds Span, IReadOnlyList<string> Seek, string Filters, int Width, int Height, int MaxFrames, bool KeepsOnlyLast = false);
}
