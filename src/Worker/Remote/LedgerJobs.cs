using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Worker.Http;

namespace Qwen35Batch.Worker.Remote;

/// <summary>The jobs of a ledger, whoever works on it.</summary>
internal sealed class LedgerJobs(Ledger ledger, LedgerProbe probe) : IJobs
{
    private const string Actor = "command line";
    private const int MostIds = 5;
    private const int MostRefused = 50;

    public Task<IReadOnlyList<Guid>> FindIdsAsync(JobIdPart part, CancellationToken cancellationToken) =>
        ledger.Reading.FindIdsAsync(part, MostIds, cancellationToken);

    public Task<JobDetails?> GetAsync(Guid job, CancellationToken cancellationToken) => ledger.Reading.GetJobAsync(job, cancellationToken);

    public Task<IReadOnlyList<StepRecord>> StepsAsync(Guid job, CancellationToken cancellationToken) =>
        ledger.Steps.ListAsync(job, cancellationToken);

    public Task<StatusReply> StatusAsync(CancellationToken cancellationToken) =>
        StatusReply.ReadAsync(ledger.Reading, cancellationToken);

    public async Task<IReadOnlyList<RefusedMessageReply>> RefusedAsync(CancellationToken cancellationToken) =>
        [.. (await ledger.Submissions.ListRejectedMessagesAsync(0, MostRefused, cancellationToken)).Select(RefusedMessageReply.Of)];

    public Task<bool> CancelAsync(Guid job, CancellationToken cancellationToken) => ledger.Queue.CancelAsync(job, Actor, cancellationToken);

    public Task<int> RetryAsync(Guid job, CancellationToken cancellationToken) => ledger.Queue.RetryAsync(job, Actor, cancellationToken);

    public Task<int> RetryFailedAsync(RejectionReason? reason, CancellationToken cancellationToken) =>
        ledger.Queue.RetryFailedAsync(JobFilter.All, reason, Actor, cancellationToken);

    public IAsyncEnumerable<InsightRecord> ExportAsync(string? task, string? source, CancellationToken cancellationToken) =>
        ledger.Reading.ExportAsync(new() { Task = task, SourceContains = source }, cancellationToken);

    public Task CheckAsync(CancellationToken cancellationToken) => probe.CheckAsync(cancellationToken);
}
