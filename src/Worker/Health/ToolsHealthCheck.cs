using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Qwen35Batch.Worker.Health;

/// <summary>Whether the programs that open media are installed.</summary>
internal sealed class ToolsHealthCheck : IHealthCheck
{
    private static readonly string[] Programs = ["ffmpeg", "ffprobe", "pdftoppm", "pdftotext"];

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var suffix = OperatingSystem.IsWindows() ? ".exe" : "";
        var missing = Programs.Where(program => !folders.Any(folder => File.Exists(Path.Combine(folder, program + suffix)))).ToList();
        return Task.FromResult(missing.Count == 0
            ? HealthCheckResult.Healthy("ffmpeg and poppler are installed.")
            : HealthCheckResult.Unhealthy($"Not found on PATH: {string.Join(", ", missing)}. Install ffmpeg and poppler-utils."));
    }
}
