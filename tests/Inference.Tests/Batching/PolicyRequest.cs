namespace Qwen35Batch.Inference.Tests.Batching;

/// <summary>A request of a generated schedule.</summary>
/// <param name="Step">The step before which it arrives.</param>
/// <param name="Group">Whose turn it takes.</param>
/// <param name="Prompt">Tokens of the prompt.</param>
/// <param name="Prefix">Leading tokens that it shares with all others of the same number.</param>
/// <param name="Answer">Tokens of the answer.</param>
/// <param name="Forced">Tokens of the answer that a grammar forces behind the first.</param>
/// <param name="Priority">Higher goes first.</param>
/// <param name="Pictures">Blocks of each picture; a request with pictures has no prefix.</param>
/// <param name="CancelledAfter">Steps until it is cancelled, or 0.</param>
internal sealed record PolicyRequest(
    int Step, int Group, int Prompt, int Prefix, int Answer, int Forced, int Priority, int[] Pictures, int CancelledAfter);
