using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Corpora;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Steps;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Health;
using Qwen35Batch.Worker.Stages;

namespace Qwen35Batch.Worker.Dashboard;

/// <summary>
/// Reads what the page shows from the ledger and the engine. The ledger is read once for all open pages, and after that left alone for ten
/// times as long as that took; a page that asks meanwhile gets the last numbers.
/// </summary>
internal sealed class DashboardSummaryReader(
    Ledger ledger, LedgerWatch watch, IEngine engine, EngineCapacity capacity, EngineHour hour, StageActivity activity,
    CorpusOverview corpora, HealthMonitor health, IOptions<StageOptions> stages, TimeProvider time)
{
    private const int Minutes = 60;
    private const int Rows = 50;
    private const int MostApprovals = 20;
    private const int RestPerRead = 10;

    /// <summary>The window of the usage: an hour of a busy ledger has a million rows.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(5);

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
            Waiting = Waiting(numbers),
            Approvals = [.. numbers.Approvals.Select(
                waiting => new DashboardApproval(
                    waiting.JobId, waiting.Source, waiting.Step.Number, waiting.Step.Tool, waiting.Step.IsInDoubt))],
            Jobs = numbers.Counts.Jobs,
            Stages = StagesOf(numbers.Counts),
            SegmentsPerMinute = numbers.SegmentsPerMinute,
            Engine = EngineOf(numbers.Counts),
            FailuresByReason = numbers.Counts.Failures.ToDictionary(
                failure => NameOf(failure.Reason), failure => failure.Count),
            Failures = [.. numbers.Failures.Select(Row)],
            Corpora = numbers.Corpora,
            Runs = [.. numbers.Runs.Select(Row)],
            MessagesRefused = numbers.Counts.RejectedMessages,
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
        // The two that take longest where much was done lately, beside each other.
        var counting = ledger.Reading.CountsAsync(Lately, CancellationToken.None);
        var rating = ledger.Reading.SegmentsPerMinuteAsync(Minutes, CancellationToken.None);
        await Task.WhenAll(counting, rating);
        var (counts, perMinute) = (await counting, await rating);
        var failures = await ledger.Reading.ListFailuresAsync(JobFilter.All, null, 0, Rows, CancellationToken.None);
        var runs = await ledger.Corpora.ListRunsAsync(null, Rows, CancellationToken.None);
        var approvals = await ledger.Steps.ListAwaitingAsync(MostApprovals, CancellationToken.None);
        var rows = await corpora.ReadAsync(runs, CancellationToken.None);
        // Where work is done, nobody wonders why none is.
        var open = counts.Jobs[JobState.Accepted] + counts.Jobs[JobState.Analysing];
        var putOff = open > 0 && perMinute[^1] + perMinute[^2] == 0
            ? await ledger.Reading.PutOffAsync(JobFilter.All, CancellationToken.None)
            : null;
        var numbers = new Numbers(
            counts, failures, approvals, runs, rows, perMinute, putOff, time.GetTimestamp(), time.GetElapsedTime(startedAt));
        lock (_lock) _last = numbers;
        return numbers;
    }

    private IReadOnlyList<DashboardWaiting> Waiting(Numbers numbers)
    {
        // The ledger's is said by itself, and what it puts off is said in the words of one such job.
        var parts = health.Read().Checks.Where(part => part.Key != HealthMonitor.Ledger && part.Value.Status != HealthStatus.Healthy)
            .Select(part => new DashboardWaiting(part.Key, part.Value.Description));
        return numbers.PutOff is { } work ? [.. parts, new("work", work.Why, work.JobId, work.Source)] : [.. parts];
    }

    private IReadOnlyList<DashboardStage> StagesOf(LedgerCounts counts)
    {
        var statistics = engine.Statistics;
        var waitingJobs = Math.Max(0, counts.Jobs[JobState.Accepted] - activity.Running("Acquire"));
        return StageWords.Say(
        [
            Stage("Acquire", waitingJobs, stages.Value.PlanConcurrency, counts.OldestJob),
            Stage(
                "Extract", counts.Segments[SegmentState.Ready], capacity.SegmentsAtOnce(stages.Value.AnalyseConcurrency),
                counts.OldestSegment),
            Stage("Prepare"),
            Stage("Infer", statistics?.Pending, statistics?.Slots ?? capacity.Slots) with
            {
                Running = statistics?.Running ?? activity.Running("Infer"),
            },
            Stage("Validate"),
            Stage("Persist"),
            Stage("Publish", counts.UnsentEvents, null, counts.OldestEvent),
        ]);
    }

    private DashboardStage Stage(string name, long? queue = null, int? places = null, TimeSpan? oldest = null)
    {
        var (perMinute, atOnce) = activity.Lately(name);
        return new()
        {
            Name = name,
            PerMinute = perMinute,
            Queue = queue,
            Running = activity.Running(name),
            AtOnce = atOnce,
            Places = places,
            OldestSeconds = oldest?.TotalSeconds,
        };
    }

    private DashboardEngine EngineOf(LedgerCounts counts) => engine.Statistics is { } now
        ? new()
        {
            Slots = now.Slots,
            Running = now.Running,
            Pending = now.Pending,
            BatchFill = now.BatchFill,
            InputTokensPerSecond = now.PrefillTokensPerSecond,
            OutputTokensPerSecond = now.DecodeTokensPerSecond,
            TokensAreOfTheLedger = false,
            Hour = hour.Read(),
        }
        : new()
        {
            Slots = capacity.Slots,
            Running = activity.Running("Infer"),
            InputTokensPerSecond = counts.UsageInWindow.InputTokens / Lately.TotalSeconds,
            OutputTokensPerSecond = counts.UsageInWindow.OutputTokens / Lately.TotalSeconds,
            TokensAreOfTheLedger = true,
            Hour = hour.Read(),
        };

    private static DashboardFailure Row(LedgerFailure failure) => new(
        failure.JobId,
        failure.Source,
        failure.Segment,
        NameOf(failure.Reason),
        failure.Detail);

    /// <summary>Why, by its name; what has no reason is in quarantine.</summary>
    private static string NameOf(RejectionReason? reason) => reason is { } why ? Spelling.Of(why) : Spelling.Of(JobState.Quarantined);

    private static DashboardRun Row(CorpusRun run)
    {
        var (ended, completed) = (CorpusOverview.Ended(run), run.Jobs[JobState.Completed]);
        return new(
            run.Corpus, run.Date, CorpusOverview.StateOf(run), run.Enqueued + run.Skipped, run.Enqueued, run.Skipped, completed,
            ended - completed);
    }

    private sealed record Numbers(
        LedgerCounts Counts, IReadOnlyList<LedgerFailure> Failures, IReadOnlyList<AwaitingStep> Approvals, IReadOnlyList<CorpusRun> Runs,
        IReadOnlyList<DashboardCorpus> Corpora, IReadOnlyList<long> SegmentsPerMinute, PutOffWork? PutOff, long ReadAt, TimeSpan Took);
}
