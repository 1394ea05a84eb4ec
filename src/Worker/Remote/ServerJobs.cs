using System.Net;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Worker.Http;

namespace Qwen35Batch.Worker.Remote;

/// <summary>The jobs of a worker, through its HTTP interface.</summary>
internal sealed class ServerJobs(WorkerClient client) : IJobs
{
    public async Task<IReadOnlyList<Guid>> FindIdsAsync(JobIdPart part, CancellationToken cancellationToken) =>
        await client.GetAsync<List<Guid>>($"/jobs/ids/{part.Digits}", cancellationToken) ?? [];

    public Task<JobDetails?> GetAsync(Guid job, CancellationToken cancellationToken) =>
        client.GetAsync<JobDetails>($"/jobs/{job}", cancellationToken);

    public async Task<IReadOnlyList<StepRecord>> StepsAsync(Guid job, CancellationToken cancellationToken) =>
        await client.GetAsync<List<StepRecord>>($"/jobs/{job}/steps", cancellationToken) ?? [];

    public async Task<StatusReply> StatusAsync(CancellationToken cancellationToken) =>
        await client.GetAsync<StatusReply>("/status", cancellationToken) ?? throw client.NoSuchAnswer("/status");

    public async Task<IReadOnlyList<RefusedMessageReply>> RefusedAsync(CancellationToken cancellationToken) =>
        await client.GetAsync<List<RefusedMessageReply>>("/messages/refused?count=50", cancellationToken) ?? [];

    public async Task<bool> CancelAsync(Guid job, CancellationToken cancellationToken) =>
        (await client.SendAsync<object>(HttpMethod.Delete, $"/jobs/{job}", null, cancellationToken)).Status == HttpStatusCode.NoContent;

    public async Task<int> RetryAsync(Guid job, CancellationToken cancellationToken) =>
        (await client.SendAsync<Retry>(HttpMethod.Post, $"/jobs/{job}/retry", null, cancellationToken)).Reply?.Retried ?? 0;

    public async Task<int> RetryFailedAsync(RejectionReason? reason, CancellationToken cancellationToken)
    {
        var path = WorkerClient.Query("/jobs/retry", ("reason", reason is { } why ? Spelling.Of(why) : null));
        return (await client.SendAsync<Retry>(HttpMethod.Post, path, null, cancellationToken)).Reply?.Retried ?? 0;
    }

    public IAsyncEnumerable<InsightRecord> ExportAsync(string? task, string? source, CancellationToken cancellationToken) =>
        client.LinesAsync<InsightRecord>(WorkerClient.Query("/export", ("task", task), ("source", source)), cancellationToken);

    /// <summary>The worker looks itself, and says in <c>/health/ready</c> what it found.</summary>
    public Task CheckAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private sealed record Retry(int Retried);
}
