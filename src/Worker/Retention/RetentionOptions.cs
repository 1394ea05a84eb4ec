using System.ComponentModel.DataAnnotations;

namespace Qwen35Batch.Worker.Retention;

/// <summary>How long copies and jobs are kept. Section <c>Retention</c>.</summary>
public sealed class RetentionOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Retention";

    /// <summary>
    /// After so many days the media store's copy of an item is removed; null keeps all. The days count from the end of its last job and
    /// from the last review of one of its insights, whichever is later, so that what waits or is under review stays. Sources, jobs and
    /// insights stay; a retry copies the source again.
    /// </summary>
    [Range(0.0, 36_500.0)]
    public double? MediaDays { get; set; }

    /// <summary>
    /// After so many days a job is removed whole, with its insights, reviews, steps and history, the files that it made, and the copies of
    /// its media that no other job has; null keeps all. The days count from its end, from when it was last asked for, and from the last
    /// review of one of its insights, whichever is latest. A corpus does not read a file again for that; whoever else asks for the same
    /// work has it done anew.
    /// </summary>
    [Range(0.0, 36_500.0)]
    public double? JobDays { get; set; }

    /// <summary>When that is looked for, as five fields of cron, in UTC.</summary>
    [Required]
    public string Cron { get; set; } = "30 3 * * *";
}
