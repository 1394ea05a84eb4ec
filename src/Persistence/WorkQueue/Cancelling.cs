using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Databases.Announcing;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>Ends a job because somebody wants it.</summary>
internal static class Cancelling
{
    public static async Task<bool> CancelAsync(LedgerTransaction transaction, Guid jobId, string actor, CancellationToken cancellationToken)
    {
        var job = await transaction.LockJobAsync(jobId, cancellationToken);
        if (job is null || job.HasEnded)
            return false;

        var cancelled = await transaction.Db.Segments
            .Where(segment => segment.JobId == job.Id && (segment.State == SegmentState.Ready || segment.State == SegmentState.Leased))
            .ExecuteUpdateAsync(
                set => set.SetProperty(segment => segment.State, SegmentState.Cancelled)
                    .SetProperty(segment => segment.AwaitsOthers, false)
                    .SetProperty(segment => segment.LeaseUntil, (DateTimeOffset?)null)
                    .SetProperty(segment => segment.FinishedAt, transaction.Now),
                cancellationToken);
        job.Count(SegmentState.Cancelled, cancelled);
        job.Reason = null;
        job.Detail = $"Cancelled by {actor}.".Storable(ColumnLengths.Detail);
        await JobClosing.EndAsync(transaction, job, JobState.Cancelled, cancellationToken);
        transaction.MakesReady(ReadyWork.Leases | ReadyWork.Events);
        Audit.Add(transaction, actor, "cancel", jobId, $"{cancelled} segments");
        return true;
    }
}
