using Qwen35Batch.Pipeline.Agents.Reports.Fonts;

namespace Qwen35Batch.Pipeline.Agents.Reports.Pdf;

/// <summary>Glyphs of one font, with their places in points from the start of the run.</summary>
internal sealed record GlyphRun(SubsetFont Font, TextStyle Style, ushort[] Glyphs, float[] Places, float Width, string? Destination);
