namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>Section <c>Tasks</c>: where an installation's own tasks are.</summary>
public sealed class TasksOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Tasks";

    /// <summary>
    /// A folder of task files (<c>*.json</c>), beside the built-in ones; a task of the same name takes the built-in one's place. Null for
    /// none.
    /// </summary>
    public string? Folder { get; set; }
}
