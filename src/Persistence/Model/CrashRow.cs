namespace Qwen35Batch.Persistence.Model;

/// <summary>
/// A row was in flight when a worker stopped. Kept for some days, since it may be taken back: the worker may come back, or another row may
/// turn out to have been the reason.
/// </summary>
internal sealed class CrashRow
{
    public long Id { get; set; }

    /// <summary>The worker that stopped.</summary>
    public Guid Worker { get; set; }

    /// <summary>The job in planning, or null.</summary>
    public long? JobId { get; set; }

    /// <summary>The segment in analysis, or null.</summary>
    public long? SegmentId { get; set; }

    /// <summary>How many rows were in flight in that worker, this one included.</summary>
    public int Company { get; set; }

    public DateTimeOffset At { get; set; }
}
