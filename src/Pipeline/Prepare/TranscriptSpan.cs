namespace Qwen35Batch.Pipeline.Prepare;

/// <summary>A piece of speech.</summary>
/// <param name="Start">In seconds from the start of the media.</param>
/// <param name="End">In seconds from the start of the media.</param>
/// <param name="Text">What was said.</param>
internal sealed record TranscriptSpan(double Start, double End, string Text);
