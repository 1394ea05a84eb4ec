namespace Qwen35Batch.Persistence.Model;

/// <summary>What a version of a task holds its answers to. Rows are only added: a version is a hash of what the task says.</summary>
internal sealed class TaskVersionRow
{
    public required string TaskName { get; set; }

    public required string TaskVersion { get; set; }

    /// <summary>The schema of its segments' answers, as JSON text whose order is kept.</summary>
    public required string Schema { get; set; }

    /// <summary>The schema of its syntheses; null where that of the segments is theirs.</summary>
    public string? SynthesisSchema { get; set; }

    /// <summary>When a job was first planned with it.</summary>
    public DateTimeOffset At { get; set; }
}
