namespace Qwen35Batch.Persistence.Model;

/// <summary>What an operator did.</summary>
internal sealed class AuditRow
{
    public long Id { get; set; }

    public DateTimeOffset At { get; set; }

    public required string Actor { get; set; }

    public required string Action { get; set; }

    public Guid JobId { get; set; }

    public string? Detail { get; set; }
}
