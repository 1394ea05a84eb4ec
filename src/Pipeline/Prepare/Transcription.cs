using Qwen35Batch.Contracts.Stages;

namespace Qwen35Batch.Pipeline.Prepare;

/// <summary>What came of a transcription.</summary>
/// <param name="Transcript">What was said; null when there is no transcript.</param>
/// <param name="Problem">Why there is none; null when there is one, or when there is no sound.</param>
internal sealed record Transcription(Transcript? Transcript, ReadingNote? Problem);
