using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>
/// Of an agent's job that is retried, the steps before the first one that failed stay. The others are come by anew; what they did stays on
/// record, so that no effect happens twice.
/// </summary>
internal static class StepRetrying
{
    public static async Task ReplaceAsync(LedgerTransaction transaction, SegmentRow segment, CancellationToken cancellationToken)
    {
        // A job that was cancelled had failed in nothing: it goes on where it was.
        if (segment.State is not (SegmentState.Failed or SegmentState.Quarantined)) return;
        var steps = await transaction.Db.Steps.Where(step => step.JobId == segment.JobId && step.ReplacedAt == null)
            .OrderBy(step => step.Number)
            .ToListAsync(cancellationToken);
        var first = First(steps, segment.Reason);
        foreach (var step in steps.Where(step => step.Number >= first)) step.ReplacedAt = transaction.Now;
    }

    // A report that could not be used is written anew from the same notes. Where nothing failed, the plan alone was good.
    private static int First(List<StepRow> steps, RejectionReason? reason)
    {
        var failed = steps.Find(step => step.State == StepState.Failed);
        var written = steps.Find(step => step.Kind == StepKind.Write);
        return reason == RejectionReason.InvalidAnswer && written is not null ? written.Number : failed?.Number ?? 1;
    }
}
