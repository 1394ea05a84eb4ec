using System.Globalization;
using CliWrap;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>Runs ffmpeg over a part of a recording: raw RGB frames go to standard output, what is said of them to standard error.</summary>
internal sealed class ClipDecoder(
    ToolRunner runner, IOptions<AcquireOptions> acquire, IOptions<ToolOptions> tools, IOptions<ExtractOptions> extract)
{
    // How far before the clip a seek aims, in seconds. Containers with an index land on the key frame before; others anywhere, and then
    // the next farther place is tried. The last is the start of the recording.
    private static readonly double[] WithIndex = [0, 4, 16, 64, double.PositiveInfinity];
    private static readonly double[] WithoutIndex = [2, 8, 32, 128, double.PositiveInfinity];
    private static readonly string[] MediaTypesWithoutIndex = ["video/mp2t", "video/mp2p", "video/ogg"];

    /// <summary>How far before a clip a seek aims, in seconds, from the nearest on.</summary>
    public static IReadOnlyList<double> Margins(MediaDescription media) =>
        MediaTypesWithoutIndex.Contains(media.MediaType) ? WithoutIndex : WithIndex;

    /// <summary>The picture track, as ffmpeg names it.</summary>
    public static string Stream(MediaDescription media) =>
        media.VideoStream is { } stream ? string.Create(CultureInfo.InvariantCulture, $"0:{stream}") : "0:V:0";

    /// <summary>
    /// Whether a seek landed behind the clip. One to the very start cannot, and where an index says that there is nothing, there is
    /// nothing.
    /// </summary>
    /// <param name="from">Where the seek aimed.</param>
    /// <param name="start">Where the clip begins.</param>
    /// <param name="firstDecoded">The time of the first frame that was decoded; null when there was none.</param>
    /// <param name="margins">The margins that the seek is one of.</param>
    public static bool IsBehind(double from, double start, double? firstDecoded, IReadOnlyList<double> margins) =>
        from > 0 && (firstDecoded is { } first ? first > start + 0.001 : !ReferenceEquals(margins, WithIndex));

    /// <summary>Decodes.</summary>
    public Task<ToolResult> DecodeAsync(ClipDecoding decoding, CancellationToken cancellationToken)
    {
        var (part, from) = (decoding.Part, decoding.From);
        return runner.RunAsync(
            new()
            {
                Tool = "ffmpeg",
                Arguments =
                [
                    // Strict first: without -xerror ffmpeg ends a broken video as if it were complete.
                    "-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info", .. Some(decoding.IsStrict, "-xerror"),
                    .. FfmpegGuards.Input(acquire.Value.MaxPixels), "-threads", Number(tools.Value.ToolThreads),
                    // Times stay those of the file, counted from its start, wherever the seek lands. A seek to the very start can land
                    // elsewhere: some AVI files have no index entry for it.
                    "-copyts", "-start_at_zero", .. Some(from > 0, "-noaccurate_seek", "-ss", Number(from)), "-i", part.Input,
                    "-map", decoding.Stream, "-an", "-sn", "-dn", "-vf", decoding.Filters, "-fps_mode", "passthrough",
                    .. Some(decoding.MaxFrames is not null, "-frames:v", Number(decoding.MaxFrames ?? 0)),
                    "-pix_fmt", "rgb24", "-f", "rawvideo", "pipe:1",
                ],
                Deadline = extract.Value.ClipDeadline,
                Subject = Text($"The clip from {part.Span.Start + part.Offset:F1} s to {part.Span.End + part.Offset:F1} s"),
                Output = decoding.Output,
                TakeErrorLine = decoding.TakeErrorLine,
                HasFallback = decoding.HasFallback,
            },
            cancellationToken);
    }

    private static string[] Some(bool isWanted, params string[] arguments) => isWanted ? arguments : [];

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}

/// <summary>What is decoded.</summary>
internal sealed record ClipDecoding
{
    public required MediaPart Part { get; init; }

    public required string Stream { get; init; }

    public required string Filters { get; init; }

    /// <summary>Where the seek aims, in seconds.</summary>
    public required double From { get; init; }

    /// <summary>Whether ffmpeg ends at the first error.</summary>
    public required bool IsStrict { get; init; }

    /// <summary>The most frames that are written; null for all.</summary>
    public int? MaxFrames { get; init; }

    public required PipeTarget Output { get; init; }

    public required Func<string, bool> TakeErrorLine { get; init; }

    /// <summary>Whether the clips are decoded one by one when this does not come to its end.</summary>
    public bool HasFallback { get; init; }
}

/// <summary>A frame as it was decoded.</summary>
/// <param name="Pixmap">A whole binary PPM.</param>
/// <param name="Time">What the decoder says of it.</param>
internal sealed record DecodedFrame(ReadOnlyMemory<byte> Pixmap, FrameTime Time);
