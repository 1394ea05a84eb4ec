using Qwen35Batch.Contracts.Stages;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>How long a video or sound is.</summary>
/// <param name="Seconds">The duration.</param>
/// <param name="Recordings">What it was joined from; null for a single recording.</param>
/// <param name="Note">What a reader must know, or null.</param>
internal sealed record MediaLength(double Seconds, IReadOnlyList<Recording>? Recordings, ReadingNote? Note);
