using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Corpora;
using Qwen35Batch.Persistence.Outbox;
using Qwen35Batch.Persistence.Reading;

namespace Qwen35Batch.Persistence;

// What operators, the bus and the schedules do.
public sealed partial class Ledger
{
    /// <summary>Cancels a job that has not ended; its workers lose their leases.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="actor">Who asks, for the audit.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>False when there is no such job or it has ended.</returns>
    public Task<bool> CancelAsync(Guid jobId, string actor, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Makes what a job lacks ready again: its failed, quarantined and cancelled segments, or all of it when it was not planned.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="actor">Who asks, for the audit.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The number of segments made ready, or 1 for a whole job; 0 when there is nothing to retry.</returns>
    public Task<int> RetryAsync(Guid jobId, string actor, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Retries every failed or quarantined thing of the jobs that match; cancelled ones are left alone.</summary>
    /// <param name="filter">Which jobs.</param>
    /// <param name="reason">Only failures for this reason; null for all.</param>
    /// <param name="actor">Who asks, for the audit.</param>
    /// <param name="cancellationToken">Stops the call; jobs retried until then stay so.</param>
    /// <returns>The number of segments, or of jobs without segments, made ready.</returns>
    public Task<int> RetryFailedAsync(JobFilter filter, RejectionReason? reason, string actor, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>
    /// Publishes events that were not sent yet, oldest first. Many relays may run at once. An event is published at least once: again when this
    /// process dies before it is marked as sent.
    /// </summary>
    /// <param name="publish">Publishes one event; returns when the broker has confirmed it.</param>
    /// <param name="max">The largest number of events.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The number of events published.</returns>
    public Task<int> RelayAsync(Func<OutboxMessage, CancellationToken, Task> publish, int max, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Keeps a message that could not be accepted; a redelivery of the same message is kept once.</summary>
    public Task RecordRejectedMessageAsync(RejectedMessage message, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Starts a corpus' run of a date, or returns the one that was started before.</summary>
    public Task<CorpusRun> StartRunAsync(string corpus, DateOnly date, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Enqueues those of a run's items that are new or changed, in one transaction. May be repeated after an interruption.</summary>
    public Task<EnqueueOutcome> EnqueueRunItemsAsync(long runId, IReadOnlyList<CorpusItem> items, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Marks that a run has found everything.</summary>
    public Task CompleteRunEnumerationAsync(long runId, CancellationToken cancellationToken) => throw new NotImplementedException();
}
