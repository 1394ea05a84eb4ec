namespace Qwen35Batch.Contracts.Stages;

/// <summary>What came of opening a job's source.</summary>
public abstract record PlanOutcome
{
    private PlanOutcome()
    {
    }

    /// <summary>The job has been cut.</summary>
    /// <param name="Media">The media item.</param>
    /// <param name="Task">The task, <c>auto</c> resolved.</param>
    /// <param name="Segments">Numbered from 0, without gaps; never empty; without the synthesis.</param>
    /// <param name="Synthesis">The segment over the others' insights, or null when the only segment's insight is the job's.</param>
    public sealed record Planned(
        MediaDescription Media,
        TaskReference Task,
        IReadOnlyList<SegmentReference> Segments,
        SegmentReference? Synthesis) : PlanOutcome;

    /// <summary>The job can never be done.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Detail">Why, in words that name the source and what to do.</param>
    public sealed record Rejected(RejectionReason Reason, string Detail) : PlanOutcome;

    /// <summary>Not now: a resource was missing (disk, network, a server's 503). Tried again later.</summary>
    /// <param name="Delay">When to try again, at the earliest.</param>
    /// <param name="Detail">Why, in words.</param>
    /// <param name="CountsAsAttempt">False when the job is not to blame (a full disk): it is tried as often as it takes.</param>
    public sealed record Deferred(TimeSpan Delay, string Detail, bool CountsAsAttempt = true) : PlanOutcome;
}
