namespace Qwen35Batch.Persistence.Model;

/// <summary>A worker process that has been heard of, and until when it counts as living.</summary>
internal sealed class WorkerRow
{
    public Guid Id { get; set; }

    /// <summary>The data folder whose media store it reads; null when it has not said so.</summary>
    public Guid? MediaStore { get; set; }

    public string? Machine { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    /// <summary>A worker that has not been heard of until then is silent: stopped, cut off, or dead.</summary>
    public DateTimeOffset AliveUntil { get; set; }

    /// <summary>True when its process is known to have ended.</summary>
    public bool IsDead { get; set; }

    /// <summary>How many rows it held when it was first found silent; null while it is heard of.</summary>
    public int? HeldRows { get; set; }

    public bool IsSilent(DateTimeOffset now) => IsDead || AliveUntil < now;
}
