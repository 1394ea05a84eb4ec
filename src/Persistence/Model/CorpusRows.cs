namespace Qwen35Batch.Persistence.Model;

/// <summary>What is known of one source of a corpus: with what it was last read.</summary>
internal sealed class CorpusItemRow
{
    public long Id { get; set; }

    public required string Corpus { get; set; }

    public required string Source { get; set; }

    /// <summary>The index is over this: a source can be longer than an index entry.</summary>
    public required string SourceSha256 { get; set; }

    public required string ContentSha256 { get; set; }

    /// <summary>What was asked of it, by content, task, model and options; null where an older version enqueued it.</summary>
    public string? Identity { get; set; }

    /// <summary>The file's length in bytes when its content was read; null when the file was too fresh to be known again by it.</summary>
    public long? FileLength { get; set; }

    /// <summary>When the file had been written, as its file system says; null together with <see cref="FileLength"/>.</summary>
    public DateTimeOffset? FileWrittenAt { get; set; }

    /// <summary>The job that read it.</summary>
    public Guid JobId { get; set; }

    /// <summary>The run that saw it last.</summary>
    public long LastRunId { get; set; }
}

/// <summary>A pass over a corpus.</summary>
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
