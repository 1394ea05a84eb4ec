namespace Qwen35Batch.Worker.Files;

/// <summary>How insights are written to a file.</summary>
internal enum ExportFormat
{
    /// <summary>One JSON object a line.</summary>
    Jsonl,

    /// <summary>Comma-separated with a header; insight and citations as JSON in one column each.</summary>
    Csv,

    /// <summary>Apache Parquet; insight and citations as JSON strings.</summary>
    Parquet,
}
