using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Prepare;

namespace Qwen35Batch.Pipeline.Validate;

/// <summary>A segment whose content, or whose insight, was sent.</summary>
internal sealed record CitedSource(int Number, int? Page, double? Start, double? End, IReadOnlyList<SentPicture> Pictures)
{
    public static CitedSource OfSegment(Evidence evidence) =>
        new(evidence.Segment.Number, evidence.Segment.Page, evidence.Span?.Start, evidence.Span?.End, evidence.Pictures);

    /// <summary>What was sent for a segment whose insight is sent on: its own citations say it.</summary>
    public static CitedSource OfInsight(SegmentInsight insight)
    {
        var whole = insight.Citations.FirstOrDefault(citation => citation.Field.Length == 0);
        return new(
            insight.Segment.Number,
            insight.Segment.Page,
            whole?.StartSeconds ?? insight.Segment.StartSeconds,
            whole?.EndSeconds ?? insight.Segment.EndSeconds,
            [.. insight.Citations
                .Where(citation => citation is { Field.Length: 0, PictureSha256: not null })
                .Select(citation => new SentPicture(citation.PictureSha256!, citation.Page, citation.FrameSeconds))]);
    }

    public Citation Whole() => Pictures is [var only]
        ? Span() with { FrameSeconds = only.Seconds, PictureSha256 = only.Sha256 }
        : Span();

    public bool Overlaps(double start, double end) => Start is not null && End is not null && start <= End && end >= Start;

    /// <summary>A span of time with the frame nearest to its start, of those within it if there are any.</summary>
    public Citation Between(string field, double start, double end)
    {
        var frames = Pictures.Where(picture => picture.Seconds is not null).ToList();
        var frame = frames.Where(picture => picture.Seconds >= start && picture.Seconds <= end).DefaultIfEmpty(null).MinBy(Distance)
            ?? frames.DefaultIfEmpty(null).MinBy(Distance);
        return new()
        {
            Field = field,
            Segment = Number,
            Page = Page,
            StartSeconds = start,
            EndSeconds = end,
            FrameSeconds = frame?.Seconds,
            PictureSha256 = frame?.Sha256,
            Method = frame is null ? null : CitationMethod.Frame,
        };

        double Distance(SentPicture? picture) => picture?.Seconds is { } seconds ? Math.Abs(seconds - start) : double.MaxValue;
    }

    private Citation Span() => new() { Segment = Number, Page = Page, StartSeconds = Start, EndSeconds = End };
}
