using Microsoft.Extensions.Options;
using Qwen35Batch.Persistence.WorkQueue;
using Qwen35Batch.Worker.Confidence;
using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Stages;

/// <summary>The loops that do the work.</summary>
internal static class StageRegistration
{
    public static IServiceCollection AddStageLoops(this IServiceCollection services)
    {
        services.AddSingleton(WorkerIdentity.Create());
        services.AddSingleton<WorkerLock>();
        services.AddSingleton<IsolationGate>();
        services.AddSingleton<LeaseKeeper>();
        services.AddSingleton<StageContext>();
        services.AddSingleton<FieldConfidence>();
        services.AddSingleton<TaskVersions>();
        services.AddSingleton<IStage<JobClaim>, PlanStage>();
        services.AddSingleton<IStage<SegmentClaim>, AnalyseStage>();
        services.AddSingleton<StageLoop<JobClaim>>();
        services.AddSingleton<StageLoop<SegmentClaim>>();
        services.AddSingleton<ReaperLoop>();
        services.AddSingleton<OutboxRelayLoop>();
        services.AddSingleton<AnnouncementLoop>();
        services.AddSingleton<StopSignals>();
        services.AddHostedService<StageHost>();
        services.AddOptions<HostOptions>()
            .Configure<IOptions<StageOptions>>((host, stages) => host.ShutdownTimeout = StageHost.ShutdownTimeout(stages.Value));
        return services;
    }
}
