namespace Qwen35Batch.Pipeline.Agents.Reports;

/// <summary>A section of a report.</summary>
/// <param name="Heading">Its heading.</param>
/// <param name="Paragraphs">Its paragraphs, in order.</param>
public sealed record ReportSection(string Heading, IReadOnlyList<ReportParagraph> Paragraphs);
