using System.Collections.Concurrent;
using Hangfire;
using Hangfire.Storage;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Corpora;
using Qwen35Batch.Worker.Corpora;
using Qwen35Batch.Worker.Telemetry;

namespace Qwen35Batch.Worker.Dashboard;

/// <summary>The corpora of the settings, with their last run, their next, and how far they are.</summary>
internal sealed class CorpusOverview(
    Ledger ledger, IOptions<CorporaOptions> corpora, JobStorage schedules, TimeProvider time)
{
    private readonly ConcurrentDictionary<long, Forecast> _forecasts = new();

    /// <param name="runs">The newest runs of all corpora.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<IReadOnlyList<DashboardCorpus>> ReadAsync(IReadOnlyList<CorpusRun> runs, CancellationToken cancellationToken)
    {
        if (corpora.Value.Count == 0) return [];
        var next = NextRuns();
        var rows = new List<DashboardCorpus>();
        foreach (var (name, corpus) in corpora.Value.OrderBy(corpus => corpus.Key, StringComparer.Ordinal))
        {
            var last = runs.FirstOrDefault(run => run.Corpus == name);
            if (last is null && await ledger.Corpora.ListRunsAsync(name, 1, cancellationToken) is [var only]) last = only;
            rows.Add(Row(name, corpus, last, next.GetValueOrDefault(CorpusSchedules.IdOf(name))));
        }

        return rows;
    }

    public static string StateOf(CorpusRun run) =>
        run.EnumeratedAt is null ? "enumerating" : Ended(run) < run.Jobs.Values.Sum() ? "analysing" : "ended";

    public static long Ended(CorpusRun run) => run.Jobs.Where(jobs => jobs.Key >= JobState.Completed).Sum(jobs => jobs.Value);

    private DashboardCorpus Row(string name, CorpusOptions corpus, CorpusRun? last, DateTimeOffset? next)
    {
        var row = new DashboardCorpus
        {
            Name = name,
            Schedule = corpus.Cron.Length == 0 ? "" : $"{corpus.Cron} {corpus.TimeZone}",
            NextRun = next,
        };
        if (last is null) return row;
        var (jobs, ended) = (last.Jobs.Values.Sum(), Ended(last));
        return row with
        {
            LastRun = last.Date,
            State = StateOf(last),
            Jobs = jobs,
            Ended = ended,
            Forecast = ReadyAt(last, ended, jobs - ended),
        };
    }

    /// <summary>When a run is through; null while nothing says that, and when it is.</summary>
    private DateTimeOffset? ReadyAt(CorpusRun run, long ended, long open)
    {
        if (run.EnumeratedAt is null) return null;
        var forecast = _forecasts.GetOrAdd(run.Id, _ => new(time, run.StartedAt, 0));
        lock (forecast) return time.GetUtcNow() + forecast.Left(ended, open);
    }

    private Dictionary<string, DateTimeOffset?> NextRuns()
    {
        using var connection = schedules.GetConnection();
        return connection.GetRecurringJobs().ToDictionary(
            job => job.Id,
            job => job.NextExecution is { } at ? new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)) : (DateTimeOffset?)null,
            StringComparer.Ordinal);
    }
}
