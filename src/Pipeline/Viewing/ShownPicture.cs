namespace Qwen35Batch.Pipeline.Viewing;

/// <summary>A picture for a person to look at.</summary>
/// <param name="Content">The compressed picture.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Width">Pixels from left to right.</param>
/// <param name="Height">Pixels from top to bottom.</param>
public sealed record ShownPicture(byte[] Content, string MediaType, int Width, int Height);
