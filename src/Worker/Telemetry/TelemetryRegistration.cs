using Npgsql;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Qwen35Batch.Worker.Telemetry;

/// <summary>Metrics, traces and logs of this program, of .NET, of the bus and of the database.</summary>
internal static class TelemetryRegistration
{
    /// <summary>The source of spans and metrics of calls of the model, in OpenTelemetry's own words (<c>gen_ai.*</c>).</summary>
    public const string Model = "Qwen35Batch.Model";

    public static IServiceCollection AddTelemetry(this IServiceCollection services, TelemetryOptions options)
    {
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(options.ServiceName))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(
                    "Qwen35Batch.*",
                    "System.Runtime",
                    "Microsoft.AspNetCore.Hosting",
                    "Microsoft.AspNetCore.Server.Kestrel",
                    "MassTransit",
                    "Npgsql");
                metrics.AddPrometheusExporter();
                if (options.OtlpEndpoint is { } endpoint) metrics.AddOtlpExporter(otlp => otlp.Endpoint = endpoint);
            });
        // Spans that nobody receives would only cost.
        if (options.OtlpEndpoint is not { } collector) return services;

        telemetry.WithLogging(
            logs => logs.AddOtlpExporter(otlp => otlp.Endpoint = collector),
            log => (log.IncludeFormattedMessage, log.IncludeScopes) = (true, true));

        telemetry.WithTracing(traces => traces
            .AddSource("Qwen35Batch.*", "MassTransit")
            .AddAspNetCoreInstrumentation()
            .AddNpgsql()
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.TraceShare)))
            .AddOtlpExporter(otlp => otlp.Endpoint = collector));
        return services;
    }
}
