using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Submissions;

/// <summary>The jobs that some of a call's submissions may be the same as, those of the call itself included.</summary>
internal sealed class KnownJobs
{
    private readonly Dictionary<Guid, KnownJob> _byId = [];
    private readonly Dictionary<string, KnownJob> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KnownJob> _byIdentity = new(StringComparer.Ordinal);

    private KnownJobs()
    {
    }

    public static async Task<KnownJobs> ReadAsync(
        LedgerDbContext db, IReadOnlyList<JobSubmission> submissions, CancellationToken cancellationToken)
    {
        var identities = submissions.Select(submission => submission.Identity.Key()).ToList();
        // The first job of an identity has it as its key.
        List<string> keys = [.. submissions.Select(OwnKey).OfType<string>(), .. identities];
        var ids = submissions.Select(submission => submission.Job.JobId).ToList();
        var rows = await db.Jobs
            .Where(job => (job.Identity != null && job.Identity != job.DedupeKey && identities.Contains(job.Identity))
                || keys.Contains(job.DedupeKey)
                || ids.Contains(job.JobId))
            .OrderBy(job => job.Id)
            .Select(job => new KnownJob(job.Id, job.JobId, job.DedupeKey, job.Identity, job.PayloadSha256, job.State))
            .ToListAsync(cancellationToken);
        var known = new KnownJobs();
        foreach (var row in rows) known.Remember(row);
        return known;
    }

    /// <summary>The job that does what a submission asks for; null when there is none.</summary>
    public KnownJob? Find(JobSubmission submission)
    {
        if (_byId.GetValueOrDefault(submission.Job.JobId) is { } sent) return sent;
        if (OwnKey(submission) is { } key) return _byKey.GetValueOrDefault(key);
        var same = _byIdentity.GetValueOrDefault(submission.Identity.Key());
        return submission.Job.Again && same?.State >= JobState.Completed ? null : same;
    }

    /// <summary>Remembers a submission as a job of its own.</summary>
    public KnownJob Add(JobSubmission submission)
    {
        var identity = submission.Identity.Key();
        // The identity itself is the key of the first job only: of two workers that take the same job at once, one is refused by the index.
        var key = OwnKey(submission) ?? (_byIdentity.ContainsKey(identity) ? $"{identity}:{submission.Job.JobId}" : identity);
        var added = new KnownJob(
            long.MaxValue, submission.Job.JobId, key, identity, DedupeKey.PayloadSha256(submission.Job), JobState.Accepted);
        Remember(added);
        return added;
    }

    /// <summary>The key that the submitter gave, as it is stored.</summary>
    private static string? OwnKey(JobSubmission submission) =>
        submission.Job.DedupeKey is { Length: > 0 } given ? DedupeKey.Fitting(given) : null;

    private void Remember(KnownJob job)
    {
        _byId[job.JobId] = job;
        _byKey[job.DedupeKey] = job;
        if (job.Identity is { } identity) _byIdentity[identity] = job;
    }
}
