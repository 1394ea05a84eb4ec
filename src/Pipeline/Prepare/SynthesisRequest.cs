using System.Globalization;
using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Prepare;

/// <summary>The request over the insights of a job's segments.</summary>
internal static class SynthesisRequest
{
    /// <param name="job">The synthesis.</param>
    /// <param name="task">Its task.</param>
    /// <param name="characters">The most characters of insights.</param>
    /// <param name="outline">The document's headings and heads of tables, or null.</param>
    public static PreparedRequest Build(SegmentJob job, AnalysisTask task, int characters, string? outline = null)
    {
        var question = task.Synthesis
            ?? throw new MediaRejectedException(
                RejectionReason.UnknownTask, $"The task '{task.Reference.Name}' makes no synthesis. Retry the job to plan it again.");
        if (job.Insights.Count == 0)
        {
            throw new MediaRejectedException(
                RejectionReason.InternalError, "The synthesis was asked for without an insight of any segment.");
        }

        var digest = InsightDigest.Make(job.Insights, characters);
        var kept = digest.Kept.Select(entry => entry.Insight).ToList();
        var notes = Notes(job, digest);
        var lines = string.Join('\n', digest.Kept.Select(entry => $"{Prompts.Name(entry.Insight.Segment)}: {entry.Json}"));
        var context = $"This is what was found in {kept.Count} parts of {What(job.Media)}, in order.{Missing(job)}";
        var evidence = new Evidence
        {
            Segment = job.Segment,
            Span = Span(kept),
            Tolerance = 0.5 / (job.Options.FramesPerSecond ?? task.Media.FramesPerSecond),
            Insights = kept,
        };
        return MessageBuilder.Build(
            job,
            task,
            question,
            [
                new TextContent(context),
                .. ChapterHints.Of(job.Media, span: null) is { } chapters ? (IReadOnlyList<AIContent>)[new TextContent(chapters)] : [],
                .. outline is null
                    ? []
                    : new[] { new TextContent(UntrustedText.Fence("Headings and heads of tables of the document", outline)) },
                new TextContent(UntrustedText.Fence("Insights, one part a line", lines)),
            ],
            evidence,
            Pages(kept),
            notes);
    }

    private static List<ReadingNote> Notes(SegmentJob job, InsightDigest.Digest digest)
    {
        var notes = new List<ReadingNote>(job.Media.Notes ?? []);
        if (job.Gaps.Count > 0)
        {
            notes.Add(ReadingNote.Gap(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{job.Gaps.Count} of {job.Gaps.Count + job.Insights.Count} segments have no insight: {Names(job.Gaps)}.")));
        }

        if (digest.Kept.Count < job.Insights.Count)
        {
            notes.Add(ReadingNote.Information(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The synthesis rests on {digest.Kept.Count} of {job.Insights.Count} insights, evenly spread and shortened: more did "
                        + $"not fit.")));
        }
        else if (digest.Shortened)
        {
            notes.Add(ReadingNote.Information("The segments' insights were shortened for the synthesis."));
        }

        return notes;
    }

    private static string Missing(SegmentJob job) =>
        job.Gaps.Count == 0 ? "" : $" Nothing is known of {Names(job.Gaps)}: do not guess what is there.";

    private static string Names(IReadOnlyList<SegmentReference> gaps)
    {
        const int most = 40;
        var names = string.Join(", ", gaps.Take(most).Select(Prompts.Name));
        return gaps.Count > most ? $"{names} and {gaps.Count - most} more" : names;
    }

    private static string What(MediaDescription media) => media.Kind switch
    {
        MediaKind.Video => $"a video{Length(media)}, with times in seconds from its start",
        MediaKind.Audio => $"a sound recording{Length(media)}, with times in seconds from its start",
        MediaKind.Pdf or MediaKind.Image when media.PageCount is not null => $"a document of {media.PageCount} pages",
        MediaKind.Office => "an office document",
        MediaKind.Text => "a text",
        _ => "a picture",
    };

    private static string Length(MediaDescription media) => media.DurationSeconds is { } seconds ? $" of {Prompts.Seconds(seconds)} s" : "";

    private static TimeSpanSeconds? Span(List<SegmentInsight> kept) =>
        kept.Min(insight => insight.Segment.StartSeconds) is { } start && kept.Max(insight => insight.Segment.EndSeconds) is { } end
            ? new(start, end)
            : null;

    private static PageRange? Pages(List<SegmentInsight> kept) =>
        kept.Min(insight => insight.Segment.Page) is { } first && kept.Max(insight => insight.Segment.Page) is { } last
            ? new(first, last)
            : null;
}
