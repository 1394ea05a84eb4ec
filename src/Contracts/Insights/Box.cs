namespace Qwen35Batch.Contracts.Insights;

/// <summary>A rectangle as shares of the picture's width and height, from the upper left corner; every value from 0 to 1.</summary>
/// <param name="Left">The left edge.</param>
/// <param name="Top">The upper edge.</param>
/// <param name="Width">The width.</param>
/// <param name="Height">The height.</param>
public sealed record Box(double Left, double Top, double Width, double Height);
