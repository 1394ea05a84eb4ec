using System.ComponentModel.DataAnnotations;

namespace Qwen35Batch.Worker.Retention;

/// <summary>How long copies are kept. Section <c>Retention</c>.</summary>
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

    /// <summary>When that is looked for, as five fields of cron, in UTC.</summary>
    [Required]
    public string Cron { get; set; } = "30 3 * * *";
}
