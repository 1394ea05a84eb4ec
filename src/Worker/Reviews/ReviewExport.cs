using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Pipeline.Viewing;

namespace Qwen35Batch.Worker.Reviews;

/// <summary>
/// Writes reviewed insights as items of an evaluation: the media, the corrected answer, and the fields that somebody looked at.
/// </summary>
internal sealed class ReviewExport(Ledger ledger, MediaViewer viewer)
{
    public const string ItemsFile = "items.jsonl";

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
        await using var items = new StreamWriter(Path.Combine(folder, ItemsFile));
        await foreach (var insight in ReviewedAsync(cancellationToken))
        {
            if (task is not null && insight.Record.Task.Name != task) continue;
            if (await WhyNotAsync(insight, cancellationToken) is { } why)
            {
                leftOut[why] = leftOut.GetValueOrDefault(why) + 1;
                continue;
            }

            var media = insight.Media!;
            var name = $"{media.Sha256[..16]}{Path.GetExtension(insight.Record.Source)}";
            File.Copy(viewer.PathOf(media)!, Path.Combine(folder, name), overwrite: true);
            var fields = await FieldsAsync(insight.Id, cancellationToken);
            await items.WriteLineAsync(JsonSerializer.Serialize(new
            {
                id = $"insight-{insight.Id}",
                kind = insight.Record.Task.Name,
                media = name,
                task = insight.Record.Task.Name,
                expected = insight.Reviewed,
                fields = fields.ToDictionary(field => field, field => new[] { field }),
            }).AsMemory(), cancellationToken);
            written++;
        }

        return (written, leftOut);
    }

    private async IAsyncEnumerable<StoredInsight> ReviewedAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<long> part = [0];
        while ((part = await ledger.Reviews.ListReviewedAsync(part[^1], Part, cancellationToken)).Count > 0)
        {
            foreach (var id in part)
                if (await ledger.Reading.GetInsightAsync(id, cancellationToken) is { } insight) yield return insight;
        }
    }

    private async Task<string?> WhyNotAsync(StoredInsight insight, CancellationToken cancellationToken)
    {
        var job = await ledger.Reading.GetJobAsync(insight.Record.Job, cancellationToken);
        if (insight.Record.Segment.Kind != SegmentKind.Synthesis && job?.Job.Segments.Planned != 1) return OneOfSeveral;
        return insight.Media is { } media && viewer.PathOf(media) is not null ? null : Gone;
    }

    /// <summary>Where somebody has said what is right; an item that was added to a list is known by what holds it.</summary>
    private async Task<IReadOnlyList<string>> FieldsAsync(long id, CancellationToken cancellationToken)
    {
        var reviews = await ledger.Reviews.ListAsync(id, cancellationToken);
        return
        [
            .. reviews.SelectMany(review => review.Fields)
                .Select(field => field is { Verdict: ReviewVerdict.Missing } && field.Pointer.EndsWith("/-", StringComparison.Ordinal)
                    ? field.Pointer[..^2]
                    : field.Pointer)
                .Distinct(StringComparer.Ordinal),
        ];
    }
}
