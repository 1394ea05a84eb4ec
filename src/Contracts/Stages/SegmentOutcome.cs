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
    /// <param name="Usage">What the model's answers took, though none is an insight; null when it did not answer.</param>
    public sealed record Rejected(RejectionReason Reason, string Detail, string? RawAnswer = null, Usage? Usage = null) : SegmentOutcome;

    /// <summary>Not now.</summary>
    /// <param name="Delay">When to try again, at the earliest.</param>
    /// <param name="Detail">Why, in words.</param>
    /// <param name="Scope">What the fault is charged to; only an item's own counts as an attempt.</param>
    public sealed record Deferred(TimeSpan Delay, string Detail, FaultScope Scope = FaultScope.Item) : SegmentOutcome
    {
        /// <summary>Whether one of the segment's attempts is spent.</summary>
        public bool CountsAsAttempt => Scope == FaultScope.Item;

        /// <summary>
        /// True when the engine broke off at this segment while it answers others: an attempt is spent, and the third ends in quarantine,
        /// as with a segment that brings down a worker.
        /// </summary>
        public bool BreaksEngine { get; init; }

        /// <summary>What the model's answers took until the fault; null when it did not answer.</summary>
        public Usage? Usage { get; init; }
    }
}
