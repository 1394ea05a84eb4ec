using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Submissions;
using Qwen35Batch.Persistence.WorkQueue;

namespace Qwen35Batch.Persistence.Corpora;

/// <summary>Passes over a corpus: one a day, each item once; work that is there already is not asked for again.</summary>
internal static class CorpusRuns
{
    public static async Task<long> StartAsync(
        LedgerTransaction transaction, string corpus, DateOnly date, CancellationToken cancellationToken)
    {
        var run = await transaction.Db.CorpusRuns.SingleOrDefaultAsync(
            row => row.Corpus == corpus && row.RunDate == date, cancellationToken);
        if (run is null)
        {
            run = new() { Corpus = corpus, RunDate = date, StartedAt = transaction.Now };
            transaction.Db.CorpusRuns.Add(run);
            await transaction.SaveAsync(cancellationToken);
        }
        return run.Id;
    }

    public static async Task<EnqueueOutcome> EnqueueAsync(
        LedgerTransaction transaction, long runId, IReadOnlyList<CorpusItem> items, CancellationToken cancellationToken)
    {
        var run = await LockAsync(transaction, runId, cancellationToken);
        var hashes = items.Select(item => DedupeKey.Sha256(item.Submission.Job.Source)).ToList();
        var known = await transaction.Db.CorpusItems
            .Where(row => row.Corpus == run.Corpus && hashes.Contains(row.SourceSha256))
            .ToDictionaryAsync(row => row.SourceSha256, cancellationToken);

        var removed = await RemovedAsync(transaction.Db, known.Values, cancellationToken);
        var seen = new List<(CorpusItemRow Row, CorpusItem Item)>();
        var done = 0;
        foreach (var (item, hash) in items.Zip(hashes))
        {
            var row = known.GetValueOrDefault(hash);
            // Seen before an interruption, or named twice.
            if (row?.LastRunId == runId) continue;
            if (row is null)
            {
                row = NewRow(run, item, hash);
                known.Add(hash, row);
                transaction.Db.CorpusItems.Add(row);
            }

            var identity = item.Submission.Identity.Key();
            // Its job was removed since, and the same is not wanted again for that.
            var wasDone = removed.Contains(row.JobId) && row.Identity == identity && !item.Submission.Job.Again;
            row.Identity = identity;
            row.ContentSha256 = item.Submission.Identity.ContentSha256 ?? "";
            row.FileLength = item.File?.Length;
            row.FileWrittenAt = item.File?.WrittenAt;
            row.LastRunId = runId;
            if (wasDone) done++;
            else seen.Add((row, item));
        }

        var submissions = seen.Select(entry => entry.Item.Submission with { CorpusRunId = run.Id }).ToList();
        var outcomes = await Submissions.Submission.SubmitAsync(transaction, submissions, cancellationToken);
        var enqueued = 0;
        foreach (var ((row, _), outcome) in seen.Zip(outcomes))
        {
            row.JobId = outcome.JobId;
            if (await IsEnqueuedAsync(transaction, run, outcome, cancellationToken)) enqueued++;
        }

        var skipped = seen.Count - enqueued + done;
        run.Enqueued += enqueued;
        run.Skipped += skipped;
        return new(enqueued, skipped, items.Count - seen.Count - done);
    }

    /// <summary>Of the jobs of items, those that are no longer there.</summary>
    private static async Task<HashSet<Guid>> RemovedAsync(
        LedgerDbContext db, IReadOnlyCollection<CorpusItemRow> items, CancellationToken cancellationToken)
    {
        var ids = items.Select(item => item.JobId).Distinct().ToList();
        var there = await db.Jobs.Where(job => ids.Contains(job.JobId)).Select(job => job.JobId).ToListAsync(cancellationToken);
        return [.. ids.Except(there)];
    }

    /// <summary>
    /// A job of the same identity that was not rejected is what is wanted already. One that was rejected is tried again: what it was
    /// rejected for, a setting or a file's rights, may have been put right.
    /// </summary>
    private static async Task<bool> IsEnqueuedAsync(
        LedgerTransaction transaction, CorpusRunRow run, SubmitOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome.Result == SubmitResult.Accepted) return true;
        if (outcome.State != JobState.Rejected) return false;
        if (await Retrying.RetryAsync(transaction, outcome.JobId, [SegmentState.Failed], null, $"corpus {run.Corpus}", cancellationToken)
            == 0)
        {
            return false;
        }

        var job = await transaction.LockJobAsync(outcome.JobId, cancellationToken);
        job!.CorpusRunId = run.Id;
        return true;
    }

    /// <returns>By source; without those that no run has read, or only just after they were written.</returns>
    public static async Task<IReadOnlyDictionary<string, KnownFile>> KnownFilesAsync(
        LedgerDbContext db, string corpus, IReadOnlyList<string> sources, CancellationToken cancellationToken)
    {
        var byHash = sources.Distinct(StringComparer.Ordinal).ToDictionary(DedupeKey.Sha256);
        var hashes = byHash.Keys.ToList();
        var rows = await db.CorpusItems.AsNoTracking()
            .Where(row => row.Corpus == corpus && hashes.Contains(row.SourceSha256) && row.FileLength != null && row.FileWrittenAt != null)
            .Select(row => new { row.SourceSha256, row.FileLength, row.FileWrittenAt, row.ContentSha256 })
            .ToListAsync(cancellationToken);
        return rows.ToDictionary(
            row => byHash[row.SourceSha256], row => new KnownFile(new(row.FileLength!.Value, row.FileWrittenAt!.Value), row.ContentSha256));
    }

    public static async Task<bool> CompleteAsync(LedgerTransaction transaction, long runId, CancellationToken cancellationToken)
    {
        var run = await LockAsync(transaction, runId, cancellationToken);
        run.EnumeratedAt ??= transaction.Now;
        return true;
    }

    public static async Task<IReadOnlyList<CorpusRun>> ListAsync(
        LedgerDbContext db, IQueryable<CorpusRunRow> rows, int count, CancellationToken cancellationToken)
    {
        var runs = await rows.AsNoTracking()
            .OrderByDescending(run => run.RunDate)
            .ThenByDescending(run => run.Id)
            .Take(count)
            .ToListAsync(cancellationToken);
        var jobs = await KeptCounts.OfRunsAsync(db, [.. runs.Select(run => run.Id)], cancellationToken);
        return [.. runs.Select(run => new CorpusRun
        {
            Id = run.Id,
            Corpus = run.Corpus,
            Date = run.RunDate,
            StartedAt = run.StartedAt,
            EnumeratedAt = run.EnumeratedAt,
            Enqueued = run.Enqueued,
            Skipped = run.Skipped,
            Jobs = Tally.Of<JobState>(
                jobs.Where(count => count.CorpusRunId == run.Id).Select(count => (Enum.Parse<JobState>(count.Name), count.Count))),
        })];
    }

    private static async Task<CorpusRunRow> LockAsync(LedgerTransaction transaction, long runId, CancellationToken cancellationToken) =>
        await transaction.LockRunAsync(runId, cancellationToken)
            ?? throw new ArgumentException($"There is no corpus run {runId}.", nameof(runId));

    private static CorpusItemRow NewRow(CorpusRunRow run, CorpusItem item, string sourceSha256) => new()
    {
        Corpus = run.Corpus,
        Source = item.Submission.Job.Source.Storable(),
        SourceSha256 = sourceSha256,
        ContentSha256 = "",
    };
}
