namespace Qwen35Batch.Inference.Batching.Plan;

/// <summary>Known tokens of a sequence that are fed without a look at the logits.</summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="End">The number of its tokens that are fed afterwards.</param>
internal readonly record struct PrefillPart<T>(T Sequence, int End)
    where T : IPlannedSequence;
