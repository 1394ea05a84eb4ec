using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Worker.Http;

namespace Qwen35Batch.Worker.Remote;

/// <summary>What commands ask and do about jobs, in the ledger or through a worker.</summary>
internal interface IJobs
{
    /// <summary>Some ids that begin with a part, or end with it.</summary>
    Task<IReadOnlyList<Guid>> FindIdsAsync(JobIdPart part, CancellationToken cancellationToken);

    /// <summary>A job; null when there is none.</summary>
    Task<JobDetails?> GetAsync(Guid job, CancellationToken cancellationToken);

    /// <summary>The steps of an agent's job; empty for another.</summary>
    Task<IReadOnlyList<StepRecord>> StepsAsync(Guid job, CancellationToken cancellationToken);

    /// <summary>The ledger in numbers.</summary>
    Task<StatusReply> StatusAsync(CancellationToken cancellationToken);

    /// <summary>The latest messages that were refused.</summary>
    Task<IReadOnlyList<RefusedMessageReply>> RefusedAsync(CancellationToken cancellationToken);

    /// <summary>Cancels a job.</summary>
    /// <returns>False when it had ended, or there is none.</returns>
    Task<bool> CancelAsync(Guid job, CancellationToken cancellationToken);

    /// <summary>Makes what a job lacks ready again.</summary>
    /// <returns>How many; 0 also when there is no such job.</returns>
    Task<int> RetryAsync(Guid job, CancellationToken cancellationToken);

    /// <summary>Makes everything that failed ready again.</summary>
    Task<int> RetryFailedAsync(RejectionReason? reason, CancellationToken cancellationToken);

    /// <summary>Stored insights, in the order in which the jobs were submitted.</summary>
    IAsyncEnumerable<InsightRecord> ExportAsync(string? task, string? source, CancellationToken cancellationToken);

    /// <summary>Looks whether what can be read also takes results: a standby, a full disk or a right that is missing does not.</summary>
    Task CheckAsync(CancellationToken cancellationToken);
}
