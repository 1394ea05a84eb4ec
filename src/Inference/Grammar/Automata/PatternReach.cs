namespace Qwen35Batch.Inference.Grammar.Automata;

/// <summary>A state of a pattern's automaton that some more bytes lead to.</summary>
/// <param name="Bytes">The fewest bytes.</param>
/// <param name="State">The state.</param>
internal readonly record struct PatternReach(int Bytes, int State);
