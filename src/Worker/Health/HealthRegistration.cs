using Microsoft.Extensions.Diagnostics.HealthChecks;
using Qwen35Batch.Worker.Availability;

namespace Qwen35Batch.Worker.Health;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: everything that a job needs is there.</summary>
internal static class HealthRegistration
{
    /// <summary>How long the very first question waits for the first look.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(800);

    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        string[] tags = [HealthMonitor.Ready];
        services.AddHealthChecks()
            .AddCheck<BusHealthCheck>("bus", tags: tags, timeout: HealthMonitor.Patience)
            .AddCheck<EngineHealthCheck>("engine", tags: tags, timeout: HealthMonitor.Patience)
            .AddCheck<ToolsHealthCheck>("tools", tags: tags, timeout: HealthMonitor.Patience);
        services.AddSingleton<LedgerProbeLoop>();
        services.AddHostedService(provider => provider.GetRequiredService<LedgerProbeLoop>());
        services.AddSingleton<HealthMonitor>();
        services.AddHostedService(provider => provider.GetRequiredService<HealthMonitor>());
        services.AddHostedService<LedgerGauges>();
        return services;
    }

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Ok(HealthState.Live));
        routes.MapGet("/health/ready", async (HealthMonitor monitor, TimeProvider time, CancellationToken cancellationToken) =>
        {
            await monitor.FirstLook.WaitAsync(FirstLook, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var state = monitor.Read();
            return Results.Json(
                state,
                statusCode: state.Status == HealthStatus.Healthy
                    ? StatusCodes.Status200OK
                    : StatusCodes.Status503ServiceUnavailable);
        });
    }
}
