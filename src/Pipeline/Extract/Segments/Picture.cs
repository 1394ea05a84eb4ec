namespace Qwen35Batch.Pipeline.Extract.Segments;

/// <summary>One picture as it will be sent.</summary>
/// <param name="Pixmap">Binary PPM: <c>P6\n{width} {height}\n255\n</c>, then RGB bytes.</param>
/// <param name="Width">Pixels from left to right.</param>
/// <param name="Height">Pixels from top to bottom.</param>
/// <param name="Sha256">SHA-256 of <paramref name="Pixmap"/>, lower-case hexadecimal.</param>
/// <param name="Page">The page, from 1.</param>
/// <param name="Seconds">The time of a frame from the start of the media, as the decoder reported it.</param>
internal sealed record Picture(ReadOnlyMemory<byte> Pixmap, int Width, int Height, string Sha256, int? Page = null, double? Seconds = null);
