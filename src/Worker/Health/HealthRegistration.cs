using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Qwen35Batch.Worker.Availability;

namespace Qwen35Batch.Worker.Health;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: everything that a job needs is there.</summary>
internal static class HealthRegistration
{
    /// <summary>Also the tag of MassTransit's own check of the bus.</summary>
    private const string Ready = "ready";

    /// <summary>A check that hangs is a check that fails.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddHostedService<LedgerProbeLoop>();
        services.AddHealthChecks()
            .AddCheck<LedgerHealthCheck>("ledger", tags: [Ready], timeout: Longest)
            .AddCheck<EngineHealthCheck>("engine", tags: [Ready], timeout: Longest)
            .AddCheck<ToolsHealthCheck>("tools", tags: [Ready], timeout: Longest);
        return services;
    }

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = HealthReply.WriteAsync });
        routes.MapHealthChecks(
            "/health/ready",
            new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready), ResponseWriter = HealthReply.WriteAsync });
    }
}
