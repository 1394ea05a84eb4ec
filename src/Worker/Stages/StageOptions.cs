using System.ComponentModel.DataAnnotations;

namespace Qwen35Batch.Worker.Stages;

/// <summary>How much is worked on at once, and how long a worker may hold it. Section <c>Stages</c>.</summary>
public sealed class StageOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Stages";

    /// <summary>Jobs whose media is fetched and cut at once.</summary>
    [Range(1, 256)]
    public int PlanConcurrency { get; init; } = 8;

    /// <summary>
    /// Segments worked on at once. 0 takes one and a half times the engine's sequence slots, so that the next segments are prepared
    /// while the engine is full.
    /// </summary>
    [Range(0, 4096)]
    public int AnalyseConcurrency { get; init; }

    /// <summary>How long a claimed row belongs to this worker without a heartbeat; after a crash, others wait as long.</summary>
    [Range(typeof(TimeSpan), "00:00:03", "01:00:00")]
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How often all leases are extended, in one statement. At most a third of <see cref="LeaseDuration"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:20:00")]
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>How often the ledger is asked for work that nobody announced, such as another process's with SQLite.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often leases that have run out are ended.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan ReapInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long running work may go on after a stop signal before it is cancelled and given back.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
