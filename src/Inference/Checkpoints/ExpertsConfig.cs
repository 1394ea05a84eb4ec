namespace Qwen35Batch.Inference.Checkpoints;

/// <summary>The feed-forward part of a mixture-of-experts layer.</summary>
/// <param name="Count">Routed experts.</param>
/// <param name="PerToken">Routed experts that a token goes through.</param>
/// <param name="IntermediateSize">Width of a routed expert.</param>
/// <param name="SharedIntermediateSize">Width of the expert that every token goes through.</param>
internal sealed record ExpertsConfig(int Count, int PerToken, int IntermediateSize, int SharedIntermediateSize);
