using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Reviews;
using Qwen35Batch.Pipeline.Viewing;
using Qwen35Batch.Worker.Reviews;

namespace Qwen35Batch.Worker.Http.Insights;

/// <summary>A part of a list of insights.</summary>
/// <param name="Insights">Newest first.</param>
/// <param name="Next">What to ask for to get the next part; null at the end.</param>
internal sealed record InsightListReply(IReadOnlyList<InsightListItem> Insights, long? Next)
{
    public static async Task<InsightListReply> ReadAsync(
        InsightFilter filter, int count, long? next, ReadingLedger ledger, CancellationToken cancellationToken)
    {
        var page = await ledger.ListInsightsAsync(filter, count, next, cancellationToken);
        return new([.. page.Insights.Select(InsightListItem.Of)], page.Next);
    }
}

/// <summary>An insight in a list.</summary>
internal sealed record InsightListItem
{
    private const int SnippetCharacters = 240;

    public required long Id { get; init; }

    public required Guid Job { get; init; }

    public required SegmentReference Segment { get; init; }

    public required TaskReference Task { get; init; }

    public required string Source { get; init; }

    public MediaKind? MediaKind { get; init; }

    /// <summary>The beginning of what the insight says, as text: its values in their order.</summary>
    public required string Snippet { get; init; }

    /// <summary>Where the search was met; null without one.</summary>
    public SearchHit? Hit { get; init; }

    public double? LowestConfidence { get; init; }

    /// <summary>The number of reviews.</summary>
    public required int Revision { get; init; }

    public required DateTimeOffset StoredAt { get; init; }

    public string? Note { get; init; }

    public required Usage Usage { get; init; }

    public static InsightListItem Of(FoundInsight found) => new()
    {
        Id = found.Insight.Id,
        Job = found.Insight.Record.Job,
        Segment = found.Insight.Record.Segment,
        Task = found.Insight.Record.Task,
        Source = found.Insight.Record.Source,
        MediaKind = found.Insight.Media?.Kind,
        Snippet = Shortened(string.Join(" · ", Values(found.Insight.Reviewed ?? found.Insight.Record.Insight).Take(SnippetCharacters / 4))),
        Hit = found.Hit is { } hit ? hit with { Text = Shortened(hit.Text) } : null,
        LowestConfidence = Contracts.LowestConfidence.Of(found.Insight.Record.Fields),
        Revision = found.Insight.Revision,
        StoredAt = found.Insight.StoredAt,
        Note = found.Insight.Record.Note,
        Usage = found.Insight.Record.Usage,
    };

    private static IEnumerable<string> Values(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => Values(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Values),
        JsonValueKind.String when value.GetString() is { Length: > 0 } text => [text],
        JsonValueKind.Number => [value.GetRawText()],
        _ => [],
    };

    private static string Shortened(string text) =>
        text.Length <= SnippetCharacters ? text : string.Concat(text.AsSpan(0, SnippetCharacters), "…");
}

/// <summary>An insight with all that a page shows of it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Record">The record as it is exported: the model's answer, its citations and fields.</param>
/// <param name="StoredAt">When it was stored.</param>
/// <param name="Media">What its media are; null when that is not known.</param>
/// <param name="HasMedia">Whether this worker's store has the media.</param>
/// <param name="Revision">The number of reviews; the tag of this reply.</param>
/// <param name="Reviewed">The insight with all reviews; null when there is none.</param>
/// <param name="Reviews">What was said of it, the oldest first.</param>
/// <param name="Older">The number of the insight stored before.</param>
/// <param name="Newer">The number of the insight stored after.</param>
/// <param name="Schema">What it is to be valid against; null when nothing says that any more.</param>
/// <param name="SchemaNote">Why that is not the schema that it was asked for, in a sentence; null when it is.</param>
internal sealed record InsightReply(
    long Id, InsightRecord Record, DateTimeOffset StoredAt, MediaDescription? Media, bool HasMedia, int Revision, JsonElement? Reviewed,
    IReadOnlyList<StoredReview> Reviews, long? Older, long? Newer, JsonElement? Schema, string? SchemaNote)
{
    /// <returns>Null when there is no such insight.</returns>
    public static async Task<InsightReply?> ReadAsync(
        long id, Ledger ledger, MediaViewer viewer, AnswerSchemas schemas, CancellationToken cancellationToken)
    {
        if (await ledger.Reading.GetInsightAsync(id, cancellationToken) is not { } insight) return null;
        var reviews = await ledger.Reviews.ListAsync(id, cancellationToken);
        var (older, newer) = await ledger.Reading.NeighboursAsync(id, cancellationToken);
        var schema = await schemas.OfAsync(insight, cancellationToken);
        return new(
            id, insight.Record, insight.StoredAt, insight.Media, insight.Media is { } media && viewer.PathOf(media) is not null,
            insight.Revision, insight.Reviewed, reviews, older, newer, schema?.Schema, schema?.Note);
    }
}

/// <summary>What a reviewer says: the body of <c>PUT /insights/{id}/reviews</c>.</summary>
internal sealed record ReviewRequest
{
    /// <summary>The number that this review becomes: one more than that of <c>If-Match</c>; may be left out beside it.</summary>
    public int? Revision { get; init; }

    /// <summary>What is said, field by field.</summary>
    public required IReadOnlyList<FieldReview> Fields { get; init; }
}
