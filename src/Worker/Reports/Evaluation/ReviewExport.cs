using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Worker.Http.Insights;
using Qwen35Batch.Worker.Remote;

namespace Qwen35Batch.Worker.Reports.Evaluation;

/// <summary>
/// Writes reviewed insights as items of an evaluation: the media, the corrected answer, and the fields that somebody looked at.
/// </summary>
internal sealed class ReviewExport(IJobs jobs, IInsights insights)
{
    private const string OneOfSeveral =
        "they are of one part of several of a file, and an evaluation compares the answer to a whole file; review the synthesis.";

    private const string Gone = "their media are no longer in this worker's store.";
    private const int Part = 200;

    /// <summary>Writes the items and copies their media.</summary>
    /// <returns>The number of items, and why how many insights are left out.</returns>
    public async Task<(int Written, IReadOnlyDictionary<string, int> LeftOut)> WriteAsync(
        string folder, string? task, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var written = 0;
        var leftOut = new SortedDictionary<string, int>(StringComparer.Ordinal);
        await using var items = new StreamWriter(Path.Combine(folder, EvaluationFolder.ItemsFile));
        foreach (var id in await ReviewedAsync(task, cancellationToken))
        {
            if (await insights.GetAsync(id, cancellationToken) is not { Reviewed: { } expected } insight) continue;
            var name = $"{insight.Media?.Sha256[..16]}{Path.GetExtension(insight.Record.Source)}";
            if (await WhyNotAsync(insight, Path.Combine(folder, name), cancellationToken) is { } why)
            {
                leftOut[why] = leftOut.GetValueOrDefault(why) + 1;
                continue;
            }

            await items.WriteLineAsync(JsonSerializer.Serialize(new
            {
                id = $"insight-{insight.Id}",
                kind = insight.Record.Task.Name,
                media = name,
                task = insight.Record.Task.Name,
                expected,
                fields = Fields(insight).ToDictionary(field => field, field => new[] { field }),
            }).AsMemory(), cancellationToken);
            written++;
        }

        return (written, leftOut);
    }

    /// <summary>The numbers of the insights that somebody reviewed, the oldest first.</summary>
    private async Task<IEnumerable<long>> ReviewedAsync(string? task, CancellationToken cancellationToken)
    {
        var question = new InsightQuestion { Task = task, IsReviewed = true, Count = Part };
        var ids = new List<long>();
        long? next = null;
        do
        {
            var part = await insights.ListAsync(question, next, cancellationToken);
            ids.AddRange(part.Insights.Select(insight => insight.Id));
            next = part.Next;
        }
        while (next is not null);

        ids.Reverse();
        return ids;
    }

    /// <summary>Copies the media, or says why the insight is no item.</summary>
    private async Task<string?> WhyNotAsync(InsightReply insight, string path, CancellationToken cancellationToken)
    {
        var job = await jobs.GetAsync(insight.Record.Job, cancellationToken);
        if (insight.Record.Segment.Kind != SegmentKind.Synthesis && job?.Job.Segments.Planned != 1) return OneOfSeveral;
        return insight.Media is { } media && await insights.CopyMediaAsync(media, path, cancellationToken) ? null : Gone;
    }

    /// <summary>Where somebody has said what is right; an item that was added to a list is known by what holds it.</summary>
    private static IEnumerable<string> Fields(InsightReply insight) => insight.Reviews
        .SelectMany(review => review.Fields)
        .Select(field => field is { Verdict: ReviewVerdict.Missing } && field.Pointer.EndsWith("/-", StringComparison.Ordinal)
            ? field.Pointer[..^2]
            : field.Pointer)
        .Distinct(StringComparer.Ordinal);
}
