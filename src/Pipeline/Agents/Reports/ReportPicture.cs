using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.Pipeline.Agents.Reports;

/// <summary>A picture in a report.</summary>
/// <param name="Path">A PNG, JPEG or WebP file.</param>
/// <param name="Boxes">The cited places, in fractions of the picture.</param>
/// <param name="Caption">What it shows.</param>
public sealed record ReportPicture(string Path, IReadOnlyList<Box> Boxes, string Caption);
