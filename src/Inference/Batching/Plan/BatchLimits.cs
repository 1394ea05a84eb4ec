namespace Qwen35Batch.Inference.Batching.Plan;

/// <summary>What one step of the engine may do.</summary>
internal sealed record BatchLimits
{
    /// <summary>Sequences that hold state at the same time.</summary>
    public required int Slots { get; init; }

    /// <summary>Tokens of one sequence, prompt and answer together.</summary>
    public required int SequenceTokens { get; init; }

    /// <summary>Tokens that are fed outside the decode run in one step: prompts and forced runs of a grammar.</summary>
    public required int PrefillTokens { get; init; }

    /// <summary>Patches that the vision tower encodes in one run. A larger picture or clip is encoded alone.</summary>
    public required int VisionPatches { get; init; }

    /// <summary>
    /// Whether the shape of every run follows from one request alone, so that its answer has the same bits whatever its neighbours: prompts
    /// are cut in the same places every time, forced runs are never cut, and decode runs have always the same rows.
    /// </summary>
    public bool FixedShapes { get; init; }

    /// <summary>
    /// Slots that the model must have. A decode run over all rows writes into every slot, so a prompt that is fed in part then lies in
    /// one more, behind them.
    /// </summary>
    public int StateSlots => FixedShapes ? Slots + 1 : Slots;

    /// <summary>
    /// The shortest run of known tokens of a running answer that is worth a run of its own; shorter runs go through the decode run
    /// token by token, where the neighbours pay most of the cost.
    /// </summary>
    public int ForcedRun { get; init; } = 4;

    /// <summary>
    /// Where a chunk of known tokens ends that starts at <paramref name="start"/>. With fixed shapes there is always a cut behind the
    /// prefix, whether its state is at hand or not, and so the cuts follow from the request alone.
    /// </summary>
    public int ChunkEnd(TokenPrefix? prefix, int start, int end)
    {
        var stop = FixedShapes && prefix is not null && start < prefix.Length ? Math.Min(end, prefix.Length) : end;
        return Math.Min(stop, start + PrefillTokens);
    }
}
