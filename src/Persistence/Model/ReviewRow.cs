namespace Qwen35Batch.Persistence.Model;

/// <summary>What a person said of an insight's fields. Rows are only added.</summary>
internal sealed class ReviewRow
{
    public long Id { get; set; }

    public long InsightId { get; set; }

    /// <summary>From 1, without gaps; the insight as the model wrote it is revision 0.</summary>
    public int Revision { get; set; }

    public required string Reviewer { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>What was said, as JSON: one object a field.</summary>
    public required string Fields { get; set; }

    /// <summary>The insight with all that was said of it so far, as JSON.</summary>
    public required string Insight { get; set; }
}
