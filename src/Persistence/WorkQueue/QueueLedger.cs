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
    /// <summary>From so many crashes on, a row is claimed alone and is to run with nothing beside it.</summary>
    public const int AloneFrom = SuspectPolicy.AloneFrom;

    private static readonly SegmentState[] Failures = [SegmentState.Failed, SegmentState.Quarantined];
    private static readonly SegmentState[] FailuresAndCancelled = [SegmentState.Failed, SegmentState.Quarantined, SegmentState.Cancelled];

    private readonly LedgerDatabase _database;
    private readonly LedgerOptions _options;
    private readonly GroupWriter<PlanResult, StoredPlan> _plans;
    private readonly GroupWriter<(SegmentClaim Claim, StageOutcome Outcome), bool> _segments;

    internal QueueLedger(LedgerDatabase database, LedgerOptions options)
    {
        _database = database;
        _options = options;
        _plans = new(database, (transaction, results, token) => PlanRecording.RecordAsync(transaction, results, options, token));
        _segments = new(database, (transaction, results, token) => SegmentRecording.RecordAsync(transaction, results, options, token));
    }

    /// <summary>
    /// Claims accepted jobs for planning, highest priority and oldest first; one that has crashed twice is claimed alone.
    /// </summary>
    /// <param name="worker">Who asks.</param>
    /// <param name="count">How many, at most.</param>
    /// <param name="lease">For how long.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <param name="othersFirst">Passes over one that is claimed alone while there are others: after such a one.</param>
    public Task<IReadOnlyList<JobClaim>> ClaimJobsAsync(
        Guid worker, int count, TimeSpan lease, CancellationToken cancellationToken, bool othersFirst = false)
    {
        var request = new ClaimRequest(Guid.NewGuid(), worker, count, lease, othersFirst);
        return _database.WriteAsync((transaction, token) => Claiming.ClaimJobsAsync(transaction, request, token), cancellationToken);
    }

    /// <summary>
    /// Claims ready segments for analysis, highest priority and oldest first; one that has crashed twice is claimed alone, and of those
    /// that were in flight together at a first crash at most half. Media in the data folder of another living worker is left to that
    /// worker.
    /// </summary>
    /// <param name="worker">Who asks.</param>
    /// <param name="count">How many, at most.</param>
    /// <param name="lease">For how long.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <param name="othersFirst">Passes over one that is claimed alone while there are others: after such a one.</param>
    public Task<IReadOnlyList<SegmentClaim>> ClaimSegmentsAsync(
        Guid worker, int count, TimeSpan lease, CancellationToken cancellationToken, bool othersFirst = false)
    {
        var request = new ClaimRequest(Guid.NewGuid(), worker, count, lease, othersFirst);
        return _database.WriteAsync((transaction, token) => Claiming.ClaimSegmentsAsync(transaction, request, token), cancellationToken);
    }

    /// <summary>
    /// Says that a worker lives, for as long as a lease. If it was taken for dead, no crash is counted for what it held, and what nobody
    /// has claimed meanwhile is its own again.
    /// </summary>
    /// <returns>The number of rows whose crash was taken back.</returns>
    public Task<int> BeatAsync(WorkerPresence presence, TimeSpan lease, CancellationToken cancellationToken) =>
        _database.WriteAsync((transaction, token) => Workers.BeatAsync(transaction, presence, lease, token), cancellationToken);

    /// <summary>Says that a worker has stopped by itself; what it still holds is ended with its leases.</summary>
    public Task LeaveAsync(Guid worker, CancellationToken cancellationToken) =>
        _database.WriteAsync((transaction, token) => Workers.LeaveAsync(transaction, worker, token), cancellationToken);

    /// <summary>The workers that are not known to have ended.</summary>
    public Task<IReadOnlyList<KnownWorker>> ListWorkersAsync(CancellationToken cancellationToken) =>
        _database.WriteAsync(Workers.ListAsync, cancellationToken);

    /// <summary>Says that a worker's process has ended: what it held is free at the next <see cref="ReapAsync"/>.</summary>
    public Task DeclareDeadAsync(Guid worker, CancellationToken cancellationToken) =>
        _database.WriteAsync((transaction, token) => Workers.DeclareDeadAsync(transaction, worker, token), cancellationToken);

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

    /// <summary>
    /// Stores what came of planning a job, with its segments or its end and its event, in one transaction, which it may share with others.
    /// </summary>
    /// <returns>False when the lease was lost: nothing was stored.</returns>
    public async Task<bool> RecordPlanAsync(JobClaim claim, StageOutcome outcome, CancellationToken cancellationToken) =>
        (await _plans.WriteAsync(new(claim, outcome, null), cancellationToken)).Stored;

    /// <summary>Stores a job's plan of one segment, and claims that segment for the same worker, in one transaction.</summary>
    /// <param name="claim">The job.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="lease">For how long the segment is claimed.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>Whether the plan was stored, and the segment when it was; neither when the lease was lost.</returns>
    public async Task<(bool Stored, SegmentClaim? Next)> RecordPlanAndClaimAsync(
        JobClaim claim, StageOutcome.Planned plan, TimeSpan lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentOutOfRangeException.ThrowIfNotEqual(plan.Segments.Count, 1, nameof(plan));
        var (stored, next) = await _plans.WriteAsync(new(claim, plan, lease), cancellationToken);
        return (stored, next);
    }

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
    /// outgoing events, in one transaction, which it may share with others.
    /// </summary>
    /// <returns>False when the lease was lost: nothing was stored.</returns>
    public Task<bool> RecordSegmentAsync(SegmentClaim claim, StageOutcome outcome, CancellationToken cancellationToken) =>
        _segments.WriteAsync((claim, outcome), cancellationToken);

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
        await _database.WriteAsync(Reaping.DeclareAllDeadAsync, cancellationToken);
        return await ReapAsync(cancellationToken);
    }

    /// <summary>
    /// Takes the rows of workers that have not been heard of: one more crash, ready again after a back-off; the third, when it was alone
    /// and its worker is dead for certain, ends in quarantine. What ran out under a worker that is heard of is ready again, uncounted.
    /// </summary>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <param name="mayJudge">False takes only from workers that are known to be dead.</param>
    /// <returns>The number of leases that were ended.</returns>
    /// <exception cref="AggregateException">Some could not be ended; all others were.</exception>
    public async Task<int> ReapAsync(CancellationToken cancellationToken, bool mayJudge = true)
    {
        var (jobs, segments) = await _database.WriteAsync(
            (transaction, token) => Reaping.FindAsync(transaction, mayJudge, token), cancellationToken);
        var ended = 0;
        var problems = new List<Exception>();
        foreach (var (job, loss) in jobs)
            await EndAsync((transaction, token) => Reaping.ReapJobAsync(transaction, job, loss, _options, token));
        foreach (var (segment, loss) in segments)
            await EndAsync((transaction, token) => Reaping.ReapSegmentAsync(transaction, segment, loss, _options, token));
        await _database.WriteAsync(Workers.PurgeAsync, cancellationToken);
        await _database.WriteAsync(OutboxRelay.PurgeAsync, cancellationToken);
        await _database.WriteAsync(KeptCounts.FoldAsync, cancellationToken);
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
            catch (Exception problem) when (!cancellationToken.IsCancellationRequested && problem is not LedgerUnavailableException)
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
