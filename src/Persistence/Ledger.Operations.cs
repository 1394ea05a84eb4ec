using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Corpora;
using Qwen35Batch.Persistence.Outbox;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.WorkQueue;

namespace Qwen35Batch.Persistence;

// What operators, the bus and the schedules do.
public sealed partial class Ledger
{
    private static readonly SegmentState[] Failures = [SegmentState.Failed, SegmentState.Quarantined];
    private static readonly SegmentState[] FailuresAndCancelled = [SegmentState.Failed, SegmentState.Quarantined, SegmentState.Cancelled];

    /// <summary>Cancels a job that has not ended; its workers lose their leases.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="actor">Who asks, for the audit.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>False when there is no such job or it has ended.</returns>
    public Task<bool> CancelAsync(Guid jobId, string actor, CancellationToken cancellationToken) =>
        _database.WriteAsync((transaction, token) => Cancelling.CancelAsync(transaction, jobId, actor, token), cancellationToken);

    /// <summary>Makes what a job lacks ready again: its failed, quarantined and cancelled segments, or all of it when it was not planned.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="actor">Who asks, for the audit.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The number of segments made ready, or 1 for a whole job; 0 when there is nothing to retry.</returns>
    public Task<int> RetryAsync(Guid jobId, string actor, CancellationToken cancellationToken) =>
        _database.WriteAsync((transaction, token) => Retrying.RetryAsync(transaction, jobId, FailuresAndCancelled, null, actor, token), cancellationToken);

    /// <summary>Retries every failed or quarantined thing of the jobs that match; cancelled ones are left alone.</summary>
    /// <param name="filter">Which jobs.</param>
    /// <param name="reason">Only failures for this reason; null for all.</param>
    /// <param name="actor">Who asks, for the audit.</param>
    /// <param name="cancellationToken">Stops the call; jobs retried until then stay so.</param>
    /// <returns>The number of segments, or of jobs without segments, made ready.</returns>
    public async Task<int> RetryFailedAsync(JobFilter filter, RejectionReason? reason, string actor, CancellationToken cancellationToken)
    {
        var jobs = await _database.ReadAsync((db, token) => FailureQueries.JobsAsync(db, filter, reason, token), cancellationToken);
        var retried = 0;
        foreach (var job in jobs)
            retried += await _database.WriteAsync((transaction, token) => Retrying.RetryAsync(transaction, job, Failures, reason, actor, token), cancellationToken);
        return retried;
    }

    /// <summary>
    /// Publishes events that were not sent yet, oldest first. Many relays may run at once. An event is published at least once: again when this
    /// process dies before it is marked as sent.
    /// </summary>
    /// <param name="publish">Publishes one event; returns when the broker has confirmed it.</param>
    /// <param name="max">The largest number of events.</param>
    /// <param name="lease">How long the events wait for another relay when this process dies; after half of it, no more of them are sent.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The number of events published.</returns>
    public Task<int> RelayAsync(Func<OutboxMessage, CancellationToken, Task> publish, int max, TimeSpan lease, CancellationToken cancellationToken) =>
        _relay.RelayAsync(publish, max, lease, cancellationToken);

    /// <summary>Keeps a message that could not be accepted; a redelivery of the same message is kept once.</summary>
    public Task RecordRejectedMessageAsync(RejectedMessage message, CancellationToken cancellationToken) =>
        _database.WriteAsync((transaction, token) => RejectedMessages.RecordAsync(transaction, message, token), cancellationToken);

    /// <summary>Starts a corpus' run of a date, or returns the one that was started before.</summary>
    public async Task<CorpusRun> StartRunAsync(string corpus, DateOnly date, CancellationToken cancellationToken)
    {
        var id = await _database.WriteAsync((transaction, token) => CorpusRuns.StartAsync(transaction, corpus, date, token), cancellationToken);
        var runs = await _database.ReadAsync((db, token) => CorpusRuns.ListAsync(db, db.CorpusRuns.Where(run => run.Id == id), 1, token), cancellationToken);
        return runs[0];
    }

    /// <summary>Enqueues those of a run's items that are new or changed, in one transaction. May be repeated after an interruption.</summary>
    public Task<EnqueueOutcome> EnqueueRunItemsAsync(long runId, IReadOnlyList<CorpusItem> items, CancellationToken cancellationToken) =>
        _database.WriteAsync((transaction, token) => CorpusRuns.EnqueueAsync(transaction, runId, items, token), cancellationToken);

    /// <summary>Marks that a run has found everything.</summary>
    public Task CompleteRunEnumerationAsync(long runId, CancellationToken cancellationToken) =>
        _database.WriteAsync((transaction, token) => CorpusRuns.CompleteAsync(transaction, runId, token), cancellationToken);
}
