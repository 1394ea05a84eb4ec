namespace Qwen35Batch.Inference.Batching.Plan;

/// <summary>
/// What the engine does in one step, in the order of the members. Every sequence that is fed completely joins the decode run of
/// the same step.
/// </summary>
internal sealed record BatchPlan<T>
    where T : IPlannedSequence
{
    /// <summary>Cancelled and expired sequences; their slots are free for the rest of the plan.</summary>
    public required IReadOnlyList<T> Dropped { get; init; }

    /// <summary>Copies that close the gaps, in order.</summary>
    public required IReadOnlyList<SlotMove<T>> Moves { get; init; }

    /// <summary>Sequences that leave the queue.</summary>
    public required IReadOnlyList<Admission<T>> Admitted { get; init; }

    /// <summary>What is fed before the decode run, in order.</summary>
    public required IReadOnlyList<PrefillPart<T>> Prefills { get; init; }

    /// <summary>The decode run covers the slots 0 to this number less one.</summary>
    public required int DecodeSlots { get; init; }

    /// <summary>Why no more was taken.</summary>
    public required StepLimit Limit { get; init; }

    /// <summary>Whether there is nothing to do but to wait for the vision tower.</summary>
    public bool IsEmpty => Dropped.Count == 0 && Admitted.Count == 0 && Prefills.Count == 0 && DecodeSlots == 0;
}
