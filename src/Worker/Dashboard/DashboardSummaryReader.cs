using Qwen35Batch.Contracts;
using Qwen35Batch.Inference;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Corpora;
using Qwen35Batch.Persistence.Reading;

namespace Qwen35Batch.Worker.Dashboard;

/// <summary>Reads what the page shows from the ledger and the engine.</summary>
internal sealed class DashboardSummaryReader(Ledger ledger, IEnumerable<Qwen35EngineHost> engines)
{
    private const int Minutes = 60;
    private const int Rows = 50;

    public async Task<DashboardSummary> ReadAsync(CancellationToken cancellationToken)
    {
        var counts = await ledger.CountsAsync(TimeSpan.FromMinutes(Minutes), cancellationToken);
        var failures = await ledger.ListFailuresAsync(JobFilter.All, null, 0, Rows, cancellationToken);
        var runs = await ledger.ListRunsAsync(null, Rows, cancellationToken);
        return new()
        {
            Jobs = counts.Jobs,
            SegmentsPerMinute = await ledger.SegmentsPerMinuteAsync(Minutes, cancellationToken),
            Engine = Figures(counts),
            FailuresByReason = counts.Failures.ToDictionary(failure => failure.Reason?.ToString() ?? "Quarantined", failure => failure.Count),
            Failures = [.. failures.Select(Row)],
            Runs = [.. runs.Select(Row)],
        };
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
        if (engines.FirstOrDefault()?.Statistics is { } engine)
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
}
