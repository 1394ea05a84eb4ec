using System.Globalization;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>What a reader must know of a clip's frames.</summary>
internal static class ClipNotes
{
    /// <summary>The clip's only frame is from before it.</summary>
    public static ReadingNote Still { get; } =
        ReadingNote.Information("The picture does not change in this clip: it is what was shown before.");

    /// <summary>Whether the frames cover the clip.</summary>
    public static ReadingNote? Coverage(double first, double last, TimeSpanSeconds span, MediaDescription media, double fps, bool isDamaged)
    {
        var tolerated = (2 / fps) + 0.5;
        var isShort = last < span.End - tolerated;
        return (isShort, isDamaged) switch
        {
            (false, _) when first > span.Start + tolerated =>
                Note(
                    isDamaged, $"The first frame of this clip is from {first:F1} s; there is none from {span.Start:F1} s on."),
            (true, true) => Note(isDamaged, $"The video breaks off at {last:F1} s of {media.DurationSeconds:F1} s."),
            (true, false) => Note(
                isDamaged, $"The last frame of this clip is from {last:F1} s; no other follows until {span.End:F1} s."),
            (false, true) => ReadingNote.Gap("Parts of the video are damaged in this clip; frames may be missing or wrong."),
            _ => null,
        };
    }

    /// <summary>Whether the picture changes its size or the shape of its pixels.</summary>
    /// <param name="times">The frames, with times from the start of the media.</param>
    public static ReadingNote? Shapes(IReadOnlyList<FrameTime> times)
    {
        var changed = times.FirstOrDefault(time => time.Shape != times[0].Shape);
        return changed is null
            ? null
            : ReadingNote.Information(string.Create(
                CultureInfo.InvariantCulture,
                $"The size or proportions of the picture change at {changed.Seconds:F1} s ({Words(times[0].Shape)} to "
                + $"{Words(changed.Shape)}); frames of another shape have black borders."));
    }

    private static string Words(string shape)
    {
        var parts = shape.Split(' ', ':');
        var size = parts[3].Replace("x", " × ", StringComparison.Ordinal);
        return parts[1] is "0/1" or "1/1" ? size : $"{size}, pixels {parts[1].Replace('/', ':')}";
    }

    // Where nothing is damaged there are no frames, and nothing is missing.
    private static ReadingNote Note(bool isGap, FormattableString text) => new(FormattableString.Invariant(text), isGap);
}
