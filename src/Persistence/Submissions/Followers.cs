using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Outbox;

namespace Qwen35Batch.Persistence.Submissions;

/// <summary>Submissions that were the same as an earlier job, and whose senders hear of its end under the id that they gave.</summary>
internal static class Followers
{
    public static async Task AddAsync(
        LedgerTransaction transaction, IReadOnlyList<(SubmitJob Job, Guid Earlier)> followers, CancellationToken cancellationToken)
    {
        var ids = followers.Select(follower => follower.Job.JobId).ToList();
        var there = await transaction.Db.Followers.Where(row => ids.Contains(row.SubmittedId))
            .Select(row => row.SubmittedId)
            .ToHashSetAsync(cancellationToken);
        // Locked: a job that ends meanwhile either sees this follower or is seen to have ended. In one order: two calls that follow the
        // same jobs do not wait for each other.
        var rows = (await transaction.LockJobsAsync([.. followers.Select(follower => follower.Earlier)], cancellationToken))
            .ToDictionary(row => row.JobId);
        foreach (var (job, earlier) in followers)
        {
            // The same message again: its sender has been or will be told.
            if (!there.Add(job.JobId)) continue;

            // One of this very call has no row yet, and has not ended.
            var row = rows.GetValueOrDefault(earlier) ?? transaction.Db.Jobs.Local.SingleOrDefault(local => local.JobId == earlier)
                ?? throw new JobRemovedException();
            transaction.Db.Followers.Add(
                new() { Job = row, SubmittedId = job.JobId, CorrelationId = job.CorrelationId, CreatedAt = transaction.Now });
            if (row.HasEnded) OutboxWriter.Add(transaction, JobEvents.Ended(row, job.JobId, job.CorrelationId));
        }
    }
}
