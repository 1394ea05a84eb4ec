namespace Qwen35Batch.Pipeline.Agents.Reports;

/// <summary>What was found in a source.</summary>
/// <param name="Id">Its name within the report.</param>
/// <param name="Claim">What the source says.</param>
/// <param name="Quote">The words of the source that say it.</param>
/// <param name="Source">The address of one of <see cref="Report.Sources"/>.</param>
public sealed record ReportNote(string Id, string Claim, string Quote, Uri Source);
