namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>Nodes that stand together and are taken.</summary>
/// <param name="From">The first.</param>
/// <param name="To">The first behind them.</param>
/// <param name="Cost">How many tokens suffice after any of them, where that is asked.</param>
internal readonly record struct TakenNodes(int From, int To, int Cost);
