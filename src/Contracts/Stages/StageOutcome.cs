using System.Text.Json;
using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.Contracts.Stages;

/// <summary>What came of planning a job or of analysing a segment. A closed list.</summary>
public abstract record StageOutcome
{
    private StageOutcome()
    {
    }

    /// <summary>A job has been cut into segments.</summary>
    /// <param name="Media">The media item.</param>
    /// <param name="Task">The task, <c>auto</c> resolved.</param>
    /// <param name="Segments">Numbered from 0, without gaps; never empty; without the synthesis.</param>
    /// <param name="Synthesis">The segment over the others' insights, or null when the only segment's insight is the job's.</param>
    public sealed record Planned(
        MediaDescription Media,
        TaskReference Task,
        IReadOnlyList<SegmentReference> Segments,
        SegmentReference? Synthesis) : StageOutcome;

    /// <summary>A job's source is an archive: its files become jobs of their own, and it ends.</summary>
    /// <param name="Sha256">SHA-256 of the archive, lower-case hexadecimal.</param>
    /// <param name="Files">In the archive's order; never empty.</param>
    /// <param name="Detail">What was opened and what was not, in words.</param>
    /// <param name="HasGaps">Whether files were not opened that may have content.</param>
    public sealed record Opened(string Sha256, IReadOnlyList<ArchivedFile> Files, string Detail, bool HasGaps) : StageOutcome;

    /// <summary>A segment has its insight.</summary>
    /// <param name="Insight">JSON, valid against the task's schema.</param>
    /// <param name="Citations">What it rests on; never empty.</param>
    /// <param name="Usage">What it took.</param>
    /// <param name="Model">The model and its revision.</param>
    /// <param name="Note">What a reader must know, such as a video that broke off early; null when nothing.</param>
    /// <param name="HasGaps">Whether content of the file was not read, which the note names: the job ends with gaps.</param>
    /// <param name="Names">The texts that are names of the user's own lists; null when there are none.</param>
    public sealed record Completed(
        JsonElement Insight,
        IReadOnlyList<Citation> Citations,
        Usage Usage,
        string Model,
        string? Note = null,
        bool HasGaps = false,
        IReadOnlyList<LinkedName>? Names = null) : StageOutcome
    {
        /// <summary>
        /// Where each scalar of the insight stands, and how sure it is, in the order of the document, then how sure the lengths of its
        /// lists are.
        /// </summary>
        public IReadOnlyList<InsightField> Fields { get; init; } = [];
    }

    /// <summary>There will never be a plan or an insight.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Detail">Why, in words that name the source or the segment and what to do.</param>
    /// <param name="RawAnswer">What the model said, when that is the reason.</param>
    /// <param name="Usage">What the model's answers took, though none is an insight; null when it did not answer.</param>
    public sealed record Rejected(RejectionReason Reason, string Detail, string? RawAnswer = null, Usage? Usage = null) : StageOutcome;

    /// <summary>Not now: something was missing (disk, network, a server) that may be there later.</summary>
    /// <param name="Delay">When to try again, at the earliest.</param>
    /// <param name="Detail">Why, in words.</param>
    /// <param name="Scope">What the fault is charged to; only an item's own counts as an attempt.</param>
    public sealed record Deferred(TimeSpan Delay, string Detail, FaultScope Scope = FaultScope.Item) : StageOutcome
    {
        /// <summary>Whether one of the item's attempts is spent.</summary>
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
