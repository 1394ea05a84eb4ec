namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>A state of a pattern that tokens lead to.</summary>
/// <param name="State">The state.</param>
/// <param name="Fewest">No token that leads here has fewer characters.</param>
/// <param name="Most">No token that leads here has more.</param>
internal readonly record struct ReachedState(int State, int Fewest, int Most);
