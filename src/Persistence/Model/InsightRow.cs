namespace Qwen35Batch.Persistence.Model;

internal sealed class InsightRow
{
    public long Id { get; set; }

    /// <summary>The job's row.</summary>
    public long JobId { get; set; }

    /// <summary>The segment's row.</summary>
    public long SegmentId { get; set; }

    public int Number { get; set; }

    public required string TaskName { get; set; }

    public required string TaskVersion { get; set; }

    public required string Model { get; set; }

    public required string Insight { get; set; }

    /// <summary>What is known of each scalar, as JSON; null for an insight from before that was known.</summary>
    public string? Fields { get; set; }

    public string? Note { get; set; }

    /// <summary>The texts that are names of the user's own lists, as JSON.</summary>
    public string? Names { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public UsageRow Usage { get; set; } = null!;

    /// <summary>What it is found by; null for an insight that is not in the index yet.</summary>
    public TermsRow? Terms { get; set; }

    public List<CitationRow> Citations { get; } = [];
}
