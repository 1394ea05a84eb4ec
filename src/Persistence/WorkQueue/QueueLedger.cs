using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.Outbox;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Submissions;

namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>
/// What is to be done: claims, leases, what came of the work, cancelling and retrying. Leases run on the database's clock. One method is
/// one operation and one commit; every method may be repeated without harm.
/// </summary>
public sealed class QueueLedger
{
    private static readonly SegmentState[] Failures = [SegmentState.Failed, SegmentState.Quarantined];
    private static readonly SegmentState[] FailuresAndCancelled = [SegmentState.Failed, SegmentState.Quarantined, SegmentState.Cancelled];

    private readonly LedgerDatabase _database;
    private readonly LedgerOptions _options;

    internal QueueLedger(LedgerDatabase database, LedgerOptions options)
    {
        _database = database;
        _options = options;
    }

    /// <summary>
    /// Claims accepted jobs for planning, highest priority and oldest first; at most one that has crashed before, and then alone.
    /// </summary>
    public Task<IReadOnlyList<JobClaim>> ClaimJobsAsync(Guid worker, int count, TimeSpan lease, CancellationToken cancellationToken)
    {
        var request = new ClaimRequest(Guid.NewGuid(), worker, count, lease);
        return _database.WriteAsync((transaction, token) => Claiming.ClaimJobsAsync(transaction, request, token), cancellationToken);
    }

    /// <summary>
    /// Claims ready segments for analysis, highest priority and oldest first; one that has crashed before is claimed alone.
    /// </summary>
    public Task<IReadOnlyList<SegmentClaim>> ClaimSegmentsAsync(Guid worker, int count, TimeSpan lease, CancellationToken cancellationToken)
    {
        var request = new ClaimRequest(Guid.NewGuid(), worker, count, lease);
        return _database.WriteAsync((transaction, token) => Claiming.ClaimSegmentsAsync(transaction, request, token), cancellationToken);
    }

    /// <summary>Extends jobs' leases in one statement.</summary>
    /// <returns>The leases that were lost (expired and reaped, or their job cancelled): stop that work and discard its result.</returns>
    public Task<IReadOnlyList<Lease>> ExtendJobLeasesAsync(
        IReadOnlyList<Lease> leases, TimeSpan lease, CancellationToken cancellationToken) =>
        _database.WriteAsync((transaction, token) => Leases.ExtendAsync<JobRow>(transaction, leases, lease, token), cancellationToken);

    /// <summary>Extends segments' leases in one statement.</summary>
    /// <returns>The leases that were lost (expired and reaped, or their job cancelled): stop that work and discard its result.</returns>
    public Task<IReadOnlyList<Lease>> ExtendSegmentLeasesAsync(
        IReadOnlyList<Lease> leases, TimeSpan lease, CancellationToken cancellationToken) =>
        _database.WriteAsync((transaction, token) => Leases.ExtendAsync<SegmentRow>(transaction, leases, lease, token), cancellationToken);

    /// <summary>Stores what came of planning a job, with its segments or its end and its event, in one transaction.</summary>
    /// <returns>False when the lease was lost: nothing was stored.</returns>
    public Task<bool> RecordPlanAsync(JobClaim claim, StageOutcome outcome, CancellationToken cancellationToken) =>
        _database.WriteAsync(
            (transaction, token) => PlanRecording.RecordAsync(transaction, claim, outcome, _options, token), cancellationToken);

    /// <summary>Stores the jobs of an archive's files, and the end of the archive's own with its event, in one transaction.</summary>
    /// <param name="claim">The archive's job.</param>
    /// <param name="opened">What came of it.</param>
    /// <param name="files">Its files as submissions, in the same order, their content in the media store.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>False when the lease was lost: nothing was stored.</returns>
    public Task<bool> RecordOpenedAsync(
        JobClaim claim, StageOutcome.Opened opened, IReadOnlyList<JobSubmission> files, CancellationToken cancellationToken) =>
        _database.WriteAsync(
            (transaction, token) => PlanRecording.RecordOpenedAsync(transaction, claim, opened, files, token), cancellationToken);

    /// <summary>
    /// Stores what came of a segment: insight, usage, segment state, job counters, the synthesis that becomes ready, the job's end, and the
    /// outgoing events, in one transaction.
    /// </summary>
    /// <returns>False when the lease was lost: nothing was stored.</returns>
    public Task<bool> RecordSegmentAsync(SegmentClaim claim, StageOutcome outcome, CancellationToken cancellationToken) =>
        _database.WriteAsync(
            (transaction, token) => SegmentRecording.RecordAsync(transaction, claim, outcome, _options, token), cancellationToken);

    /// <summary>Gives jobs back unworked, at shutdown: they are claimable at once and the attempt does not count.</summary>
    public Task ReleaseJobsAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken) =>
        _database.WriteAsync((transaction, token) => Leases.ReleaseJobsAsync(transaction, leases, token), cancellationToken);

    /// <summary>Gives segments back unworked, at shutdown: they are claimable at once and the attempt does not count.</summary>
    public Task ReleaseSegmentsAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken) =>
        _database.WriteAsync((transaction, token) => Leases.ReleaseSegmentsAsync(transaction, leases, token), cancellationToken);

    /// <summary>
    /// Ends all leases, expired or not, as <see cref="ReapAsync"/> does: for a ledger that only this process works on, before it begins, so
    /// that what an earlier process held when it died need not wait.
    /// </summary>
    /// <returns>The number of leases that were ended.</returns>
    public async Task<int> EndAllLeasesAsync(CancellationToken cancellationToken)
    {
        await _database.WriteAsync(Reaping.ExpireAllAsync, cancellationToken);
        return await ReapAsync(cancellationToken);
    }

    /// <summary>Ends expired leases: one more crash, ready again after a back-off, or quarantined after the third.</summary>
    /// <returns>The number of leases that were ended.</returns>
    /// <exception cref="AggregateException">Some could not be ended; all others were.</exception>
    public async Task<int> ReapAsync(CancellationToken cancellationToken)
    {
        var jobs = await _database.WriteAsync(Reaping.ExpiredAsync<JobRow>, cancellationToken);
        var segments = await _database.WriteAsync(Reaping.ExpiredAsync<SegmentRow>, cancellationToken);
        var ended = 0;
        var problems = new List<Exception>();
        foreach (var job in jobs)
            await EndAsync((transaction, token) => Reaping.ReapJobAsync(transaction, job, _options, token));
        foreach (var segment in segments)
            await EndAsync((transaction, token) => Reaping.ReapSegmentAsync(transaction, segment, _options, token));
        await _database.WriteAsync(OutboxRelay.PurgeAsync, cancellationToken);
        if (problems.Count > 0)
            throw new AggregateException($"{problems.Count} leases that have run out could not be ended; {ended} were.", problems);
        return ended;

        // Each in a transaction of its own: one that cannot be ended does not keep the others. A database that is away keeps them all.
        async Task EndAsync(Func<LedgerTransaction, CancellationToken, Task<bool>> end)
        {
            try
            {
                ended += await _database.WriteAsync(end, cancellationToken) ? 1 : 0;
            }
            catch (Exception problem) when (!cancellationToken.IsCancellationRequested && !_database.IsRepeatable(problem))
            {
                problems.Add(problem);
            }
        }
    }

    /// <summary>Cancels a job that has not ended; its workers lose their leases.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="actor">Who asks, for the audit.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>False when there is no such job or it has ended.</returns>
    public Task<bool> CancelAsync(Guid jobId, string actor, CancellationToken cancellationToken) =>
        _database.WriteAsync((transaction, token) => Cancelling.CancelAsync(transaction, jobId, actor, token), cancellationToken);

    /// <summary>
    /// Makes what a job lacks ready again: its failed, quarantined and cancelled segments, or all of it when it was not planned.
    /// </summary>
    /// <param name="jobId">The job.</param>
    /// <param name="actor">Who asks, for the audit.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The number of segments made ready, or 1 for a whole job; 0 when there is nothing to retry.</returns>
    public Task<int> RetryAsync(Guid jobId, string actor, CancellationToken cancellationToken) =>
        _database.WriteAsync(
            (transaction, token) => Retrying.RetryAsync(transaction, jobId, FailuresAndCancelled, null, actor, token), cancellationToken);

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
        {
            retried += await _database.WriteAsync(
                (transaction, token) => Retrying.RetryAsync(transaction, job, Failures, reason, actor, token), cancellationToken);
        }

        return retried;
    }
}
