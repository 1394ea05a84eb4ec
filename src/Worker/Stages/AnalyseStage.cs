using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.Steps;
using Qwen35Batch.Persistence.WorkQueue;
using Qwen35Batch.Pipeline;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Confidence;
using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Stages;

/// <summary>Analyses ready segments, as many at once as keep the engine full; while the engine is away, one now and then.</summary>
internal sealed partial class AnalyseStage(
    QueueLedger queue, StepLedger steps, AnalysisPipeline pipeline, EngineCapacity capacity, FieldConfidence confidence,
    StageContext context, ILogger<AnalyseStage> logger)
    : IStage<SegmentClaim>
{
    /// <summary>So many failures in a row are no chance, and few enough to be seen soon.</summary>
    private const int MostFailures = 8;

    private readonly EngineBreaker _breaker = new(
        Math.Min(MostFailures, capacity.SegmentsAtOnce(context.Options.Value.AnalyseConcurrency)), context.Time);

    public string Name => "Analyse";

    public int Concurrency => capacity.SegmentsAtOnce(context.Options.Value.AnalyseConcurrency);

    public WakeUp Work => context.Signals.Segments;

    public bool MayClaim => !_breaker.IsOpen;

    public Task<int> WaitForPlacesAsync(int free, CancellationToken stopClaiming) => _breaker.WaitAsync(free, stopClaiming);

    public Task<IReadOnlyList<SegmentClaim>> ClaimAsync(int count, bool othersFirst, CancellationToken cancellationToken) =>
        queue.ClaimSegmentsAsync(context.Worker.Id, count, context.Options.Value.LeaseDuration, cancellationToken, othersFirst);

    public async Task<StageOutcome> WorkAsync(SegmentClaim claim, Func<Task, Task> aside, CancellationToken cancellationToken)
    {
        var isProbe = _breaker.Begin();
        try
        {
            var outcome = await pipeline.AnalyseAsync(
                claim.Job,
                cancellationToken,
                confidence.ReadsAgain ? (first, token) => confidence.IsDoubtfulAsync(claim.Job.Task, first, token) : null,
                claim.Job.Question is null ? null : steps.Of(claim));
            Tell(outcome, isProbe);
            return outcome;
        }
        catch
        {
            _breaker.NotAsked(isProbe);
            throw;
        }
    }

    public async Task<bool> RecordAsync(SegmentClaim claim, StageOutcome outcome, CancellationToken cancellationToken)
    {
        outcome = await confidence.AddAsync(claim.Job.Task, outcome, cancellationToken);
        var stored = await queue.RecordSegmentAsync(claim, outcome, cancellationToken);
        if (stored) Measure(claim, outcome);
        // The synthesis may follow.
        if (!claim.IsOnly) context.Signals.Segments.Set();
        context.Signals.Events.Set();
        return stored;
    }

    public Task ReleaseAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken) =>
        queue.ReleaseSegmentsAsync(leases, cancellationToken);

    private void Tell(StageOutcome outcome, bool isProbe)
    {
        var wasOpen = _breaker.IsOpen;
        switch (outcome)
        {
            case StageOutcome.Deferred { Scope: FaultScope.Engine or FaultScope.Request } refused:
                _breaker.Failed(isProbe, refused.Delay);
                if (!wasOpen && _breaker.IsOpen) Log.EngineAway(logger, refused.Detail);
                break;
            // An engine that breaks off at one segment has answered another.
            case StageOutcome.Deferred { BreaksEngine: true }:
            case StageOutcome.Completed:
            case StageOutcome.Rejected
            {
                Reason: RejectionReason.InvalidAnswer
                or RejectionReason.ModelRefused
                or RejectionReason.PromptTooLong
            }:
                _breaker.Answered(isProbe);
                if (wasOpen) Log.EngineIsBack(logger);
                break;
            default:
                _breaker.NotAsked(isProbe);
                break;
        }
    }

    private void Measure(SegmentClaim claim, StageOutcome outcome)
    {
        var (spent, model) = outcome switch
        {
            StageOutcome.Completed completed => (completed.Usage, completed.Model),
            StageOutcome.Rejected rejected => (rejected.Usage, ""),
            StageOutcome.Deferred deferred => (deferred.Usage, ""),
            _ => (null, ""),
        };
        if (outcome is StageOutcome.Completed) context.Metrics.SegmentStored();
        if (spent is not null) context.Metrics.TokensSpent(spent, claim.Job.Task.Name, model, claim.Corpus);
    }

    private static partial class Log
    {
        [LoggerMessage(
            150,
            LogLevel.Warning,
            "Analyse pauses: the engine answers nothing, and one segment at a time asks whether it does again. {Detail}")]
        public static partial void EngineAway(ILogger logger, string detail);

        [LoggerMessage(151, LogLevel.Information, "Analyse goes on: the engine answers again.")]
        public static partial void EngineIsBack(ILogger logger);
    }
}
