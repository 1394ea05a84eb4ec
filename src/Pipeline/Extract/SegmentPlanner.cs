using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Extract;

/// <summary>
/// Cuts a media item into segments. The same input gives the same segments, for ever: a segment is found again by its number.
/// </summary>
internal static class SegmentPlanner
{
    /// <summary>The largest number of frames of a clip; a higher rate makes clips shorter.</summary>
    public const int MaxClipFrames = 128;

    // A remainder shorter than this share of a clip is added to the clip before it.
    private const double ShortRemainder = 0.25;

    /// <summary>The segments, numbered from 0; never empty; without the synthesis.</summary>
    /// <param name="media">What probing found.</param>
    /// <param name="settings">The task's settings.</param>
    /// <param name="options">What the submitter changed.</param>
    /// <exception cref="MediaRejectedException">A document has more pages than the task reads, and the submitter set no limit.</exception>
    public static IReadOnlyList<SegmentReference> Plan(MediaDescription media, MediaSettings settings, JobOptions options)
    {
        ArgumentNullException.ThrowIfNull(media);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(options);
        return media.Kind switch
        {
            MediaKind.Image when media.PageCount > 1 => Pages(media.PageCount.Value, settings, options),
            MediaKind.Image => [new() { Number = 0, Kind = SegmentKind.Image }],
            MediaKind.Video => Spans(SegmentKind.Clip, media.DurationSeconds, ClipSeconds(settings, options)),
            MediaKind.Audio => Spans(SegmentKind.AudioSpan, media.DurationSeconds, settings.AudioSpanSeconds),
            MediaKind.Pdf => [.. Pages(media.PageCount ?? 0, settings, options), .. Parts(media, settings, options)],
            _ => Parts(media, settings, options),
        };
    }

    /// <summary>The number of the segment that is the first part of the text: the pages of a PDF stand before it.</summary>
    public static int FirstPart(MediaDescription media, JobOptions options) =>
        media.Kind == MediaKind.Pdf ? PagesRead(media.PageCount ?? 0, options) : 0;

    /// <summary>Frames per second: the submitter's, else the task's.</summary>
    public static double FramesPerSecond(MediaSettings settings, JobOptions options) =>
        options.FramesPerSecond ?? settings.FramesPerSecond;

    private static double ClipSeconds(MediaSettings settings, JobOptions options) =>
        Math.Min(settings.ClipSeconds, MaxClipFrames / FramesPerSecond(settings, options));

    private static List<SegmentReference> Spans(SegmentKind kind, double? duration, double length)
    {
        var end = Math.Max(duration ?? 0, 0.001);
        var count = Math.Max(1, (int)Math.Floor(end / length));
        if (end - (count * length) > ShortRemainder * length)
            count++;
        return [.. Enumerable.Range(0, count).Select(number => new SegmentReference
        {
            Number = number,
            Kind = kind,
            StartSeconds = number * length,
            EndSeconds = number == count - 1 ? end : (number + 1) * length,
        })];
    }

    private static List<SegmentReference> Pages(int pages, MediaSettings settings, JobOptions options)
    {
        if (options.MaxPages is null && pages > settings.MaxPages)
        {
            throw new MediaRejectedException(
                RejectionReason.TooLarge,
                $"The document has {pages:N0} pages and the task reads at most {settings.MaxPages:N0}; split it, or set the job's MaxPages "
                    + $"to read only its first pages.");
        }

        return [
            .. Enumerable.Range(0, PagesRead(pages, options))
                .Select(number => new SegmentReference { Number = number, Kind = SegmentKind.Page, Page = number + 1 })
        ];
    }

    private static int PagesRead(int pages, JobOptions options) => Math.Clamp(options.MaxPages ?? pages, 1, Math.Max(1, pages));

    // A PDF mostly holds nothing but its pages.
    private static List<SegmentReference> Parts(MediaDescription media, MediaSettings settings, JobOptions options) =>
        media is { Kind: MediaKind.Pdf, CharacterCount: null }
            ? []
            : [.. Enumerable.Range(0, Documents.TextParts.Count(media.CharacterCount ?? 0, settings.TextPartCharacters))
                .Select(number => new SegmentReference { Number = FirstPart(media, options) + number, Kind = SegmentKind.TextPart })];
}
