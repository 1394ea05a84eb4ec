namespace Qwen35Batch.Pipeline.Agents.Reports.Pdf;

/// <summary>A line: its runs with their places from its start.</summary>
internal sealed record TextLine(IReadOnlyList<(float X, GlyphRun Run)> Runs, float Width);
