namespace Qwen35Batch.Inference.Tokenization;

/// <summary>A compressed picture and where it came from.</summary>
/// <param name="Data">The file's bytes.</param>
/// <param name="Seconds">The frame's time in its video; 0 for a picture.</param>
/// <param name="Where">Names the message and part in an error.</param>
internal sealed record MediaFrame(ReadOnlyMemory<byte> Data, double Seconds, string Where);
