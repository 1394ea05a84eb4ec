using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Submissions;

/// <summary>Takes jobs in, each once.</summary>
internal static class Submission
{
    public static async Task<IReadOnlyList<SubmitOutcome>> SubmitAsync(
        LedgerTransaction transaction, IReadOnlyList<JobSubmission> submissions, CancellationToken cancellationToken)
    {
        if (submissions.Any(submission => submission.Job.JobId == Guid.Empty))
            throw new ArgumentException("A job was submitted without an id. Give SubmitJob.JobId a new UUID.", nameof(submissions));

        var keys = submissions.Select(submission => DedupeKey.Of(submission.Job)).ToList();
        var ids = submissions.Select(submission => submission.Job.JobId).ToList();
        var known = await transaction.Db.Jobs
            .Where(job => keys.Contains(job.DedupeKey) || ids.Contains(job.JobId))
            .Select(job => new Known(job.JobId, job.DedupeKey, job.PayloadSha256))
            .ToListAsync(cancellationToken);
        var byKey = known.ToDictionary(job => job.DedupeKey, StringComparer.Ordinal);
        var byId = known.ToDictionary(job => job.JobId);

        var outcomes = new List<SubmitOutcome>(submissions.Count);
        foreach (var (submission, key) in submissions.Zip(keys))
        {
            var payload = DedupeKey.PayloadSha256(submission.Job);
            if (byKey.GetValueOrDefault(key) is { } same || byId.TryGetValue(submission.Job.JobId, out same))
            {
                var result = same.PayloadSha256 != payload ? SubmitResult.Conflict
                    // Only this very call can have stored this id under this key, if its first commit's answer was lost.
                    : transaction.IsRepeat && same.JobId == submission.Job.JobId ? SubmitResult.Accepted
                    : SubmitResult.Duplicate;
                outcomes.Add(new(result, same.JobId));
                continue;
            }

            var accepted = new Known(submission.Job.JobId, key, payload);
            byKey[key] = accepted;
            byId[submission.Job.JobId] = accepted;
            transaction.Db.Jobs.Add(NewRow(submission, accepted, transaction.Now));
            outcomes.Add(new(SubmitResult.Accepted, submission.Job.JobId));
        }
        return outcomes;
    }

    private static JobRow NewRow(JobSubmission submission, Known identity, DateTimeOffset now) => new()
    {
        JobId = identity.JobId,
        DedupeKey = identity.DedupeKey,
        PayloadSha256 = identity.PayloadSha256,
        Source = submission.Job.Source.Storable(),
        RequestedTask = submission.Job.Task.Storable(),
        Options = LedgerJson.Write(submission.Job.Options),
        CorrelationId = submission.Job.CorrelationId?.Storable(),
        CorpusRunId = submission.CorpusRunId,
        Priority = submission.Job.Priority,
        State = JobState.Accepted,
        RunAt = now,
        CreatedAt = now,
    };

    private sealed record Known(Guid JobId, string DedupeKey, string PayloadSha256);
}
