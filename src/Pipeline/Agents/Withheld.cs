namespace Qwen35Batch.Pipeline.Agents;

/// <summary>What was withheld of what a call gave: how much, and not what, since it could be a message of somebody.</summary>
/// <param name="Step">The number of the call's step, whose result has it.</param>
/// <param name="Sentences">Sentences that order something, or that are of nobody knows whom.</param>
/// <param name="Words">Names, codes and quotations that one host alone has.</param>
internal sealed record Withheld(int Step, int Sentences, int Words);
