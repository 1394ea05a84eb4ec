namespace Qwen35Batch.Persistence.Model;

/// <summary>A submission that was the same as a job: its sender is told of the job's end under the id that it gave.</summary>
internal sealed class FollowerRow
{
    public long Id { get; set; }

    public long JobId { get; set; }

    public JobRow Job { get; set; } = null!;

    public Guid SubmittedId { get; set; }

    public string? CorrelationId { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}
