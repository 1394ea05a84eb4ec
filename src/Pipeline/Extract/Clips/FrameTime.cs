namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>What the decoder says of a frame.</summary>
/// <param name="Seconds">Its time from the start of the recording.</param>
/// <param name="Shape">Its size and the shape of its pixels, as ffmpeg writes them.</param>
internal sealed record FrameTime(double Seconds, string Shape);
