namespace Qwen35Batch.Inference.Batching.Plan;

/// <summary>What the policy decides from.</summary>
internal sealed record BatchState<T>
    where T : class, IPlannedSequence
{
    /// <summary>Requests without a slot, in order of arrival.</summary>
    public required IReadOnlyList<T> Waiting { get; init; }

    /// <summary>Who holds which slot.</summary>
    public required IReadOnlyList<T?> Slots { get; init; }

    /// <summary>The time that deadlines are compared with.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Whether the state after a prompt's prefix is at hand.</summary>
    public required Predicate<TokenPrefix> IsPrefixKnown { get; init; }

    /// <summary>Whether the vision tower is encoding a picture or clip, by content hash.</summary>
    public required Predicate<string> IsInFlight { get; init; }
}
