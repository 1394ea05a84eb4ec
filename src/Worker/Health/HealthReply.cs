using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Qwen35Batch.Worker.Health;

/// <summary>What the health addresses answer: the whole state and each part's, in words.</summary>
internal static class HealthReply
{
    public static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new
        {
            status = report.Status.ToString(),
            checks = report.Entries.ToDictionary(
                entry => entry.Key, entry => new { status = entry.Value.Status.ToString(), description = Describe(entry.Value) }),
        },
        context.RequestAborted);

    private static string? Describe(HealthReportEntry entry) => entry.Description ?? entry.Exception?.Message;
}
