namespace Qwen35Batch.Persistence.Pacing;

/// <summary>Whether a request may begin.</summary>
/// <param name="Wait">Zero when it may; else how long to wait before asking again.</param>
/// <param name="At">When this was said, by the database's clock.</param>
public sealed record PaceTurn(TimeSpan Wait, DateTimeOffset At)
{
    /// <summary>The request may begin.</summary>
    public bool IsTaken => Wait == TimeSpan.Zero;
}
