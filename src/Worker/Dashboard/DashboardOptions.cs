namespace Qwen35Batch.Worker.Dashboard;

/// <summary>The pages for operators: the section <c>Dashboard</c>.</summary>
public sealed class DashboardOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Dashboard";

    /// <summary>Whether the dashboard at <c>/</c> and Hangfire's at <c>/hangfire</c> are served.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Whether the worker answers other machines without asking for a key, pages and interface alike, as long as <c>Http:KeysFile</c> has
    /// none: allow it only behind a proxy that asks, or where the port is published to this machine alone, as in the container files.
    /// </summary>
    public bool AllowRemote { get; set; }
}
