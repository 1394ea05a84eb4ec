namespace Qwen35Batch.Inference.Vision;

/// <summary>How many pixels are sent to the model: a picture's, or those of all frames of a clip together.</summary>
/// <param name="Min">Smaller ones are enlarged.</param>
/// <param name="Max">Larger ones are reduced.</param>
internal sealed record PixelLimits(long Min, long Max);
