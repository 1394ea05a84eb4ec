namespace Qwen35Batch.Pipeline.Agents.Reports;

/// <summary>A report cannot be written here; the message says what to do.</summary>
public sealed class ReportException(string message, Exception? cause = null) : Exception(message, cause);
