using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Submissions;

namespace Qwen35Batch.Persistence.Corpora;

/// <summary>Passes over a corpus: one a day, each item once, only what is new or changed.</summary>
internal static class CorpusRuns
{
    public static async Task<long> StartAsync(LedgerTransaction transaction, string corpus, DateOnly date, CancellationToken cancellationToken)
    {
        var run = await transaction.Db.CorpusRuns.SingleOrDefaultAsync(row => row.Corpus == corpus && row.RunDate == date, cancellationToken);
        if (run is null)
        {
            run = new() { Corpus = corpus, RunDate = date, StartedAt = transaction.Now };
            transaction.Db.CorpusRuns.Add(run);
            await transaction.Db.SaveChangesAsync(cancellationToken);
        }
        return run.Id;
    }

    public static async Task<EnqueueOutcome> EnqueueAsync(
        LedgerTransaction transaction, long runId, IReadOnlyList<CorpusItem> items, CancellationToken cancellationToken)
    {
        var run = await LockAsync(transaction, runId, cancellationToken);
        var hashes = items.Select(item => DedupeKey.Sha256(item.Job.Source)).ToList();
        var known = await transaction.Db.CorpusItems
            .Where(row => row.Corpus == run.Corpus && hashes.Contains(row.SourceSha256))
            .ToDictionaryAsync(row => row.SourceSha256, cancellationToken);

        var changed = new List<(CorpusItemRow Row, JobSubmission Submission)>();
        var repeated = 0;
        foreach (var (item, hash) in items.Zip(hashes))
        {
            var row = known.GetValueOrDefault(hash);
            if (row?.LastRunId == runId)
            {
                // Seen before an interruption, or named twice.
                repeated++;
                continue;
            }
            if (row is null)
            {
                row = NewRow(run, item, hash);
                known.Add(hash, row);
                transaction.Db.CorpusItems.Add(row);
                changed.Add((row, Submission(run, item)));
            }
            else if (!IsSame(row, item))
            {
                Update(row, item);
                changed.Add((row, Submission(run, item)));
            }
            row.FileLength = item.File?.Length;
            row.FileWrittenAt = item.File?.WrittenAt;
            row.LastRunId = runId;
        }

        var outcomes = await Submissions.Submission.SubmitAsync(transaction, [.. changed.Select(entry => entry.Submission)], cancellationToken);
        foreach (var ((row, _), outcome) in changed.Zip(outcomes))
            row.JobId = outcome.JobId;

        // The very same work can be there already, from before the ledger knew the item: that is no new job.
        var enqueued = outcomes.Count(outcome => outcome.Result == SubmitResult.Accepted);
        var skipped = items.Count - repeated - enqueued;
        run.Enqueued += enqueued;
        run.Skipped += skipped;
        return new(enqueued, skipped, repeated);
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
        return rows.ToDictionary(row => byHash[row.SourceSha256], row => new KnownFile(new(row.FileLength!.Value, row.FileWrittenAt!.Value), row.ContentSha256));
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
        var runs = await rows.AsNoTracking().OrderByDescending(run => run.RunDate).ThenByDescending(run => run.Id).Take(count).ToListAsync(cancellationToken);
        var ids = runs.Select(run => (long?)run.Id).ToList();
        db.Database.SetCommandTimeout(CountQueries.Patience);
        var jobs = await db.Jobs.Where(job => ids.Contains(job.CorpusRunId))
            .GroupBy(job => new { job.CorpusRunId, job.State })
            .Select(group => new { group.Key.CorpusRunId, group.Key.State, Count = group.LongCount() })
            .ToListAsync(cancellationToken);
        return [.. runs.Select(run => new CorpusRun
        {
            Id = run.Id,
            Corpus = run.Corpus,
            Date = run.RunDate,
            StartedAt = run.StartedAt,
            EnumeratedAt = run.EnumeratedAt,
            Enqueued = run.Enqueued,
            Skipped = run.Skipped,
            Jobs = Tally.Of<JobState>(jobs.Where(job => job.CorpusRunId == run.Id).Select(job => (job.State, job.Count))),
        })];
    }

    private static async Task<CorpusRunRow> LockAsync(LedgerTransaction transaction, long runId, CancellationToken cancellationToken) =>
        await transaction.LockRunAsync(runId, cancellationToken) ?? throw new ArgumentException($"There is no corpus run {runId}.", nameof(runId));

    private static JobSubmission Submission(CorpusRunRow run, CorpusItem item)
    {
        // The same source again is another job when its content, its task or the model is another.
        var key = item.Job.DedupeKey ?? $"corpus:{DedupeKey.Sha256(LedgerJson.Write(new { run.Corpus, Payload = DedupeKey.PayloadSha256(item.Job), item.ContentSha256, item.TaskVersion, item.Model }))}";
        return new(item.Job with { DedupeKey = key }, run.Id);
    }

    private static CorpusItemRow NewRow(CorpusRunRow run, CorpusItem item, string sourceSha256) => new()
    {
        Corpus = run.Corpus,
        Source = item.Job.Source.Storable(),
        SourceSha256 = sourceSha256,
        ContentSha256 = item.ContentSha256,
        TaskVersion = item.TaskVersion,
        Model = item.Model,
    };

    private static bool IsSame(CorpusItemRow row, CorpusItem item) =>
        row.ContentSha256 == item.ContentSha256 && row.TaskVersion == item.TaskVersion && row.Model == item.Model;

    private static void Update(CorpusItemRow row, CorpusItem item)
    {
        row.ContentSha256 = item.ContentSha256;
        row.TaskVersion = item.TaskVersion;
        row.Model = item.Model;
    }
}
