using System.Text.Json;

namespace Qwen35Batch.Contracts.Stages;

/// <summary>What came of analysing a segment.</summary>
public abstract record SegmentOutcome
{
    private SegmentOutcome()
    {
    }

    /// <summary>There is an insight.</summary>
    /// <param name="Insight">JSON, valid against the task's schema.</param>
    /// <param name="Citations">What it rests on; never empty.</param>
    /// <param name="Usage">What it took.</param>
    /// <param name="Model">The model and its revision.</param>
    /// <param name="Note">What a reader must know, such as a video that broke off early; null when nothing.</param>
    public sealed record Completed(
        JsonElement Insight,
        IReadOnlyList<Citation> Citations,
        Usage Usage,
        string Model,
        string? Note = null) : SegmentOutcome;

    /// <summary>There will never be an insight.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Detail">Why, in words that name the segment and what to do.</param>
    /// <param name="RawAnswer">What the model said, when that is the reason.</param>
    public sealed record Rejected(RejectionReason Reason, string Detail, string? RawAnswer = null) : SegmentOutcome;

    /// <summary>Not now.</summary>
    /// <param name="Delay">When to try again, at the earliest.</param>
    /// <param name="Detail">Why, in words.</param>
    /// <param name="CountsAsAttempt">False when the item is not to blame, such as a model server that is away or overloaded.</param>
    /// <param name="IsEngineAway">True when it was the model that was missing: other segments would fare no better now.</param>
    public sealed record Deferred(TimeSpan Delay, string Detail, bool CountsAsAttempt = true, bool IsEngineAway = false) : SegmentOutcome;
}
