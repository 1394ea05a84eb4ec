namespace Qwen35Batch.Persistence.Model;

internal sealed class CorpusRunRow
{
    public long Id { get; set; }

    public required string Corpus { get; set; }

    public DateOnly RunDate { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset? EnumeratedAt { get; set; }

    public int Enqueued { get; set; }

    public int Skipped { get; set; }
}
