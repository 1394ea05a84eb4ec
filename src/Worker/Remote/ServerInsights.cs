using System.Globalization;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Reviews;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Http.Insights;

namespace Qwen35Batch.Worker.Remote;

/// <summary>The insights of a worker, through its HTTP interface.</summary>
internal sealed class ServerInsights(WorkerClient client) : IInsights
{
    public async Task<InsightListReply> ListAsync(InsightQuestion question, long? next, CancellationToken cancellationToken)
    {
        var path = WorkerClient.Query(
            "/insights",
            ("q", question.Search),
            ("task", question.Task),
            ("source", question.Source),
            ("below", question.Below?.ToString(CultureInfo.InvariantCulture)),
            ("reviewed", question.IsReviewed switch { true => "true", false => "false", null => null }),
            ("count", question.Count.ToString(CultureInfo.InvariantCulture)),
            ("next", next?.ToString(CultureInfo.InvariantCulture)));
        return await client.GetAsync<InsightListReply>(path, cancellationToken) ?? throw client.NoSuchAnswer(path);
    }

    public Task<InsightReply?> GetAsync(long id, CancellationToken cancellationToken) =>
        client.GetAsync<InsightReply>(PathOf(id), cancellationToken);

    public async Task<StoredReview> ReviewAsync(
        long id, int basedOn, IReadOnlyList<FieldReview> fields, CancellationToken cancellationToken)
    {
        var review = new ReviewRequest { Revision = basedOn + 1, Fields = fields };
        var (_, stored) = await client.SendAsync<StoredReview>(HttpMethod.Put, $"{PathOf(id)}/reviews", review, cancellationToken);
        return stored ?? throw new CommandException($"There is no insight {id}.");
    }

    public Task<bool> CopyMediaAsync(MediaDescription media, string path, CancellationToken cancellationToken) =>
        client.SaveAsync($"/media/{media.Sha256}/content", path, cancellationToken);

    private static string PathOf(long id) => string.Create(CultureInfo.InvariantCulture, $"/insights/{id}");
}
