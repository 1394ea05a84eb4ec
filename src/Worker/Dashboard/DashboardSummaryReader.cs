using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Corpora;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Worker.Availability;

namespace Qwen35Batch.Worker.Dashboard;

/// <summary>
/// Reads what the page shows from the ledger and the engine. A ledger of many millions of jobs takes seconds or minutes to count: it is
/// counted once for all open pages, and after that left alone for ten times as long; a page that asks meanwhile gets the last numbers.
/// </summary>
internal sealed class DashboardSummaryReader(Ledger ledger, LedgerWatch watch, IEngine running, TimeProvider time)
{
    private const int Minutes = 60;
    private const int Rows = 50;
    private const int RestPerRead = 10;

    /// <summary>How long a page waits for new numbers while there are older ones.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<Numbers>? _reading;
    private Numbers? _last;

    public async Task<DashboardSummary> ReadAsync(CancellationToken cancellationToken)
    {
        var numbers = await NumbersAsync(cancellationToken);
        return new()
        {
            LedgerAway = watch.Away is { } away ? $"{away.Reason} Since {away.Since:yyyy-MM-dd HH:mm:ss} UTC." : null,
            Jobs = numbers.Counts.Jobs,
            SegmentsPerMinute = numbers.SegmentsPerMinute,
            Engine = Figures(numbers.Counts),
            FailuresByReason = numbers.Counts.Failures.ToDictionary(
                failure => failure.Reason?.ToString() ?? "Quarantined", failure => failure.Count),
            Failures = [.. numbers.Failures.Select(Row)],
            Runs = [.. numbers.Runs.Select(Row)],
        };
    }

    private async Task<Numbers> NumbersAsync(CancellationToken cancellationToken)
    {
        Task<Numbers> reading;
        Numbers? last;
        lock (_lock)
        {
            // Numbers from before a ledger went away are no answer.
            if (_reading is { IsFaulted: true }) _last = null;
            last = _last;
            if (last is not null && time.GetElapsedTime(last.ReadAt) < last.Took * RestPerRead) return last;
            // Not with the caller's token: others wait for it too.
            if (_reading is not { IsCompleted: false }) _reading = Task.Run(ReadNumbersAsync, CancellationToken.None);
            reading = _reading;
        }

        if (last is not null && await Task.WhenAny(reading, Task.Delay(Patience, time, cancellationToken)) != reading) return last;
        return await reading.WaitAsync(cancellationToken);
    }

    private async Task<Numbers> ReadNumbersAsync()
    {
        var startedAt = time.GetTimestamp();
        var counts = await ledger.Reading.CountsAsync(TimeSpan.FromMinutes(Minutes), CancellationToken.None);
        var failures = await ledger.Reading.ListFailuresAsync(JobFilter.All, null, 0, Rows, CancellationToken.None);
        var runs = await ledger.Corpora.ListRunsAsync(null, Rows, CancellationToken.None);
        var perMinute = await ledger.Reading.SegmentsPerMinuteAsync(Minutes, CancellationToken.None);
        var numbers = new Numbers(counts, failures, runs, perMinute, time.GetTimestamp(), time.GetElapsedTime(startedAt));
        lock (_lock) _last = numbers;
        return numbers;
    }

    private static DashboardFailure Row(LedgerFailure failure) => new(
        failure.JobId,
        failure.Source,
        failure.Segment switch
        {
            null => "all",
            { Page: { } page } => $"page {page}",
            { StartSeconds: { } start, EndSeconds: { } end } => $"{start:F1}–{end:F1} s",
            { Kind: var kind } => kind.ToString(),
        },
        failure.Reason?.ToString() ?? "Quarantined",
        failure.Detail);

    private static DashboardRun Row(CorpusRun run)
    {
        var ended = run.Jobs.Where(jobs => jobs.Key >= JobState.Completed).Sum(jobs => jobs.Value);
        var completed = run.Jobs[JobState.Completed];
        var state = run.EnumeratedAt is null ? "Enumerating" : ended < run.Jobs.Values.Sum() ? "Analysing" : "Ended";
        return new(run.Corpus, run.Date, state, run.Enqueued + run.Skipped, run.Enqueued, run.Skipped, completed, ended - completed);
    }

    private Dictionary<string, string> Figures(LedgerCounts counts)
    {
        var figures = new Dictionary<string, string>();
        if (running.Statistics is { } engine)
        {
            figures["Slots"] = $"{engine.Running} of {engine.Slots} running, {engine.Pending} waiting";
            figures["BatchFill"] = $"{engine.BatchFill:P0}";
            figures["Tokens/s"] = $"{engine.PrefillTokensPerSecond:N0} in, {engine.DecodeTokensPerSecond:N0} out";
            figures["Idle"] = $"{engine.IdleShare:P0} of the time";
        }

        figures["TokensInTheLastHour"] = $"{counts.UsageInWindow.InputTokens:N0} in, {counts.UsageInWindow.OutputTokens:N0} out";
        figures["OldestWaiting"] = counts.OldestWaiting is { } waiting ? $"{waiting.TotalSeconds:N0} s" : "none";
        figures["EventsToPublish"] = $"{counts.UnsentEvents:N0}";
        figures["MessagesRefused"] = $"{counts.RejectedMessages:N0}";
        return figures;
    }

    private sealed record Numbers(
        LedgerCounts Counts, IReadOnlyList<LedgerFailure> Failures, IReadOnlyList<CorpusRun> Runs, IReadOnlyList<long> SegmentsPerMinute,
        long ReadAt, TimeSpan Took);
}
