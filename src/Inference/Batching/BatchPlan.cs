namespace Qwen35Batch.Inference.Batching;

/// <summary>
/// What the engine does in one step, in the order of the members. Every sequence that is fed completely joins the decode run of
/// the same step.
/// </summary>
internal sealed record BatchPlan
{
    /// <summary>Cancelled and expired sequences; their slots are free for the rest of the plan.</summary>
    public required IReadOnlyList<Sequence> Dropped { get; init; }

    /// <summary>Copies that close the gaps, in order.</summary>
    public required IReadOnlyList<SlotMove> Moves { get; init; }

    /// <summary>What the vision tower encodes, in one run.</summary>
    public required IReadOnlyList<MediaToEncode> Encoded { get; init; }

    /// <summary>Sequences that leave the line; the first takes slot <see cref="FirstFreeSlot"/>, the others the slots behind it.</summary>
    public required IReadOnlyList<Sequence> Admitted { get; init; }

    /// <summary>The slot of the first admitted sequence.</summary>
    public required int FirstFreeSlot { get; init; }

    /// <summary>What is fed before the decode run, in order.</summary>
    public required IReadOnlyList<Feed> Feeds { get; init; }

    /// <summary>The decode run covers the slots 0 to this number less one.</summary>
    public required int DecodeSlots { get; init; }

    /// <summary>Why no more was taken.</summary>
    public required StepCut Cut { get; init; }
}
