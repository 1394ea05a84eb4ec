using SkiaSharp;

namespace Qwen35Batch.Pipeline.Agents.Reports.Pdf;

/// <summary>How a text is set.</summary>
/// <param name="Size">The size of the font, in points.</param>
/// <param name="Leading">From one line to the next, in points.</param>
/// <param name="IsHeading">Whether the font of headings is used.</param>
/// <param name="Color">The colour.</param>
internal sealed record TextStyle(float Size, float Leading, bool IsHeading, SKColor Color);
