using Qwen35Batch.Contracts.Stages;

namespace Qwen35Batch.Pipeline.Extract.Pictures;

/// <summary>What a picture's header says.</summary>
/// <param name="Width">Pixels from left to right of the first page, as displayed.</param>
/// <param name="Height">Pixels from top to bottom of the first page, as displayed.</param>
/// <param name="Pages">The number of pages.</param>
/// <param name="Capture">What the camera wrote; null when it wrote nothing.</param>
/// <param name="Note">What a reader must know of the file, or null.</param>
internal sealed record PictureHeader(int Width, int Height, int Pages, MediaCapture? Capture, ReadingNote? Note = null);
