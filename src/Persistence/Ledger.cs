using Qwen35Batch.Pipeline;

namespace Qwen35Batch.Persistence;

/// <summary>
/// Everything that is stored. One method is one operation and one commit; every method may be repeated without harm. Leases run on the
/// database's clock. The same behaviour on SQLite and PostgreSQL.
/// </summary>
public sealed partial class Ledger
{
    /// <summary>Inserts a job unless its dedupe key is there already.</summary>
    public Task<SubmitOutcome> SubmitAsync(JobSubmission submission, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Inserts many jobs in one transaction; outcomes in the order of the submissions.</summary>
    public Task<IReadOnlyList<SubmitOutcome>> SubmitManyAsync(IReadOnlyList<JobSubmission> submissions, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Claims accepted jobs for planning, highest priority and oldest first; at most one that has crashed before, and then alone.</summary>
    public Task<IReadOnlyList<JobClaim>> ClaimJobsAsync(Guid worker, int count, TimeSpan lease, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Claims ready segments for analysis, highest priority and oldest first; one that has crashed before is claimed alone.</summary>
    public Task<IReadOnlyList<SegmentClaim>> ClaimSegmentsAsync(Guid worker, int count, TimeSpan lease, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Extends jobs' leases in one statement.</summary>
    /// <returns>The leases that were lost (expired and reaped, or their job cancelled): stop that work and discard its result.</returns>
    public Task<IReadOnlyList<Lease>> ExtendJobLeasesAsync(IReadOnlyList<Lease> leases, TimeSpan lease, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Extends segments' leases in one statement.</summary>
    /// <returns>The leases that were lost (expired and reaped, or their job cancelled): stop that work and discard its result.</returns>
    public Task<IReadOnlyList<Lease>> ExtendSegmentLeasesAsync(IReadOnlyList<Lease> leases, TimeSpan lease, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Stores what came of planning a job, with its segments or its end and its event, in one transaction.</summary>
    /// <returns>False when the lease was lost: nothing was stored.</returns>
    public Task<bool> RecordPlanAsync(JobClaim claim, PlanOutcome outcome, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>
    /// Stores what came of a segment: insight, usage, segment state, job counters, the synthesis that becomes ready, the job's end, and the
    /// outgoing events, in one transaction.
    /// </summary>
    /// <returns>False when the lease was lost: nothing was stored.</returns>
    public Task<bool> RecordSegmentAsync(SegmentClaim claim, SegmentOutcome outcome, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Gives jobs back unworked, at shutdown: they are claimable at once and the attempt does not count.</summary>
    public Task ReleaseJobsAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Gives segments back unworked, at shutdown: they are claimable at once and the attempt does not count.</summary>
    public Task ReleaseSegmentsAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Ends expired leases: one more crash, ready again after a back-off, or quarantined after the third.</summary>
    /// <returns>The number of leases that were ended.</returns>
    public Task<int> ReapAsync(CancellationToken cancellationToken) => throw new NotImplementedException();
}
