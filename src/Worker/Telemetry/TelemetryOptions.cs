using System.ComponentModel.DataAnnotations;

namespace Qwen35Batch.Worker.Telemetry;

/// <summary>Where traces, metrics and logs are sent. Section <c>Telemetry</c>. Metrics can always be read at <c>/metrics</c>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Telemetry";

    /// <summary>An OpenTelemetry collector (OTLP over gRPC), such as <c>http://localhost:4317</c>; null sends nothing.</summary>
    public Uri? OtlpEndpoint { get; set; }

    /// <summary>The name under which this worker appears.</summary>
    [Required]
    public string ServiceName { get; set; } = "qwen35batch";

    /// <summary>The share of traces that are kept, from 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double TraceShare { get; set; } = 1.0;
}
