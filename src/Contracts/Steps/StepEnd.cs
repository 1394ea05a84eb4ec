namespace Qwen35Batch.Contracts.Steps;

/// <summary>What came of a step.</summary>
/// <param name="State">A final state.</param>
/// <param name="Result">The result, as JSON.</param>
/// <param name="Usage">What the model took; null for nothing.</param>
/// <param name="Bytes">Bytes that came from outside.</param>
public sealed record StepEnd(StepState State, string Result, Usage? Usage = null, long Bytes = 0)
{
    /// <summary>
    /// Puts files in place; runs within the transaction, when it is certain that this result is the one that counts. May run more than
    /// once.
    /// </summary>
    public Action? PutInPlace { get; init; }
}
