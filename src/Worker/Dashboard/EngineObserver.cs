using Qwen35Batch.Persistence.WorkQueue;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Stages;

namespace Qwen35Batch.Worker.Dashboard;

/// <summary>Looks at the engine once a second.</summary>
internal sealed class EngineObserver(
    EngineHour hour, StageActivity activity, IEngine engine, LedgerWatch ledger, IStage<SegmentClaim> analyse, TimeProvider time)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public EngineDoing Look()
    {
        var isEndpoint = engine is EndpointEngine;
        var statistics = engine.Statistics;
        // An endpoint that answers nothing has requests, too.
        if (statistics is { Running: > 0 } || (isEndpoint && analyse.MayClaim && activity.Running("Infer") > 0)) return EngineDoing.Busy;
        if (ledger.Away is not null) return EngineDoing.Ledger;
        if (statistics is null && !isEndpoint) return EngineDoing.Loading;
        if (!analyse.MayClaim) return EngineDoing.Endpoint;
        if (activity.Running("Extract") > 0) return EngineDoing.Extract;
        if (activity.Running("Acquire") > 0) return EngineDoing.Acquire;
        if (activity.Running("Prepare") > 0) return EngineDoing.Prepare;
        return activity.Running("Persist") > 0 ? EngineDoing.Persist : EngineDoing.NoWork;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do hour.Add(Look());
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
