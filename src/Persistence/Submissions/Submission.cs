using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Databases.Announcing;
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

        var known = await KnownJobs.ReadAsync(transaction.Db, submissions, cancellationToken);
        var outcomes = new List<SubmitOutcome>(submissions.Count);
        var followers = new List<(SubmitJob Job, Guid Earlier)>();
        foreach (var submission in submissions)
        {
            if (known.Find(submission) is not { } same)
            {
                transaction.Add(NewRow(submission, known.Add(submission), transaction.Now));
                outcomes.Add(new(SubmitResult.Accepted, submission.Job.JobId));
                transaction.MakesReady(ReadyWork.Jobs);
                continue;
            }

            var result = same.PayloadSha256 != DedupeKey.PayloadSha256(submission.Job) ? SubmitResult.Conflict
                // Only this very call can have stored this id under this key, if its first commit's answer was lost.
                : transaction.IsRepeat && same.JobId == submission.Job.JobId ? SubmitResult.Accepted
                : SubmitResult.Duplicate;
            outcomes.Add(new(result, same.JobId, same.State));
            if (submission.Follows && result == SubmitResult.Duplicate && same.JobId != submission.Job.JobId)
                followers.Add((submission.Job, same.JobId));
        }

        if (followers.Count > 0) await Followers.AddAsync(transaction, followers, cancellationToken);
        return outcomes;
    }

    private static JobRow NewRow(JobSubmission submission, KnownJob known, DateTimeOffset now) => new()
    {
        JobId = known.JobId,
        DedupeKey = known.DedupeKey,
        Identity = known.Identity,
        PayloadSha256 = known.PayloadSha256,
        Source = submission.Job.Source.Storable(),
        Question = submission.Job.Question?.Storable(),
        RequestedTask = submission.Job.Task.Storable(),
        Options = LedgerJson.Write(submission.Job.Options),
        CorrelationId = submission.Job.CorrelationId?.Storable(),
        CorpusRunId = submission.CorpusRunId,
        ArchiveId = submission.ArchiveId,
        MediaSha256 = submission.ArchiveId is null ? null : submission.Identity.ContentSha256,
        Priority = submission.Job.Priority,
        State = JobState.Accepted,
        RunAt = now,
        CreatedAt = now,
    };
}
