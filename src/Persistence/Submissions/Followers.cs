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
        var earlier = followers.Select(follower => follower.Earlier).ToHashSet();
        var rows = (await transaction.LockJobsAsync(earlier, cancellationToken)).ToDictionary(row => row.JobId);
        if (rows.Count < earlier.Count)
        {
            // One of this very call has no row yet.
            await transaction.SaveAsync(cancellationToken);
            var added = await transaction.LockJobsAsync([.. earlier.Except(rows.Keys)], cancellationToken);
            foreach (var row in added) rows.Add(row.JobId, row);
        }

        foreach (var (job, same) in followers)
        {
            // The same message again: its sender has been or will be told.
            if (!there.Add(job.JobId)) continue;

            var row = rows.GetValueOrDefault(same) ?? throw new JobRemovedException();
            transaction.Db.Followers.Add(
                new() { JobId = row.Id, SubmittedId = job.JobId, CorrelationId = job.CorrelationId, CreatedAt = transaction.Now });
            if (row.HasEnded) OutboxWriter.Add(transaction, JobEvents.Ended(row, job.JobId, job.CorrelationId));
        }
    }
}
