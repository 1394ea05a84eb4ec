using Qwen35Batch.Inference.Sampling;

namespace Qwen35Batch.Inference.Batching.Sequences;

/// <summary>A token of an answer that the model chose among several.</summary>
/// <param name="Index">Which token of the answer.</param>
/// <param name="Token">The token, and how sure the model was.</param>
/// <param name="ForcedBytes">So many of its first bytes were no choice.</param>
internal readonly record struct AnswerChoice(int Index, SampledToken Token, int ForcedBytes);
