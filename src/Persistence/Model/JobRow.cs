using Qwen35Batch.Contracts;

namespace Qwen35Batch.Persistence.Model;

internal sealed class JobRow : ClaimableRow
{
    public Guid JobId { get; set; }

    public required string DedupeKey { get; set; }

    /// <summary>
    /// The key of the job's identity; several jobs have the same where work was done again. Null for a job of an earlier version of this
    /// program.
    /// </summary>
    public string? Identity { get; set; }

    /// <summary>What tells the same job from another one under the same key.</summary>
    public required string PayloadSha256 { get; set; }

    public required string Source { get; set; }

    /// <summary>What an agent is asked; null for a job of media.</summary>
    public string? Question { get; set; }

    public required string RequestedTask { get; set; }

    public required string Options { get; set; }

    public string? CorrelationId { get; set; }

    public long? CorpusRunId { get; set; }

    /// <summary>The row of the job whose archive this one's source is a file of; null for a source of its own.</summary>
    public long? ArchiveId { get; set; }

    public JobState State { get; set; }

    public string? TaskName { get; set; }

    public string? TaskVersion { get; set; }

    public MediaKind? MediaKind { get; set; }

    public string? MediaSha256 { get; set; }

    public string? Media { get; set; }

    public int Planned { get; set; }

    public int Done { get; set; }

    public int Failed { get; set; }

    public int Quarantined { get; set; }

    public int Cancelled { get; set; }

    public long InputTokens { get; set; }

    public long CachedInputTokens { get; set; }

    public long OutputTokens { get; set; }

    public long Pictures { get; set; }

    public long ModelMilliseconds { get; set; }

    /// <summary>The lowest probability of a field of its insights; null while none is calibrated.</summary>
    public double? LowestConfidence { get; set; }

    public DateTimeOffset? PlannedAt { get; set; }

    public int Open => Planned - Done - Failed - Quarantined - Cancelled;

    public bool HasEnded => State >= JobState.Completed;

    public override bool IsWaiting => State == JobState.Accepted && LeaseUntil is null;

    /// <summary>Moves one segment (or takes it back with -1) in the counters.</summary>
    public void Count(SegmentState state, int change)
    {
        switch (state)
        {
            case SegmentState.Done:
                Done += change;
                break;
            case SegmentState.Failed:
                Failed += change;
                break;
            case SegmentState.Quarantined:
                Quarantined += change;
                break;
            case SegmentState.Cancelled:
                Cancelled += change;
                break;
        }
    }

    public void Charge(Usage usage, int sign)
    {
        InputTokens += sign * usage.InputTokens;
        CachedInputTokens += sign * usage.CachedInputTokens;
        OutputTokens += sign * usage.OutputTokens;
        Pictures += sign * usage.Pictures;
        ModelMilliseconds += sign * usage.ModelMilliseconds;
    }

    public Usage Usage => new()
    {
        InputTokens = Saturated(InputTokens),
        CachedInputTokens = Saturated(CachedInputTokens),
        OutputTokens = Saturated(OutputTokens),
        Pictures = Saturated(Pictures),
        ModelMilliseconds = ModelMilliseconds,
    };

    // The contract counts in 32 bits; the ledger's own sums do not.
    public static int Saturated(long value) => (int)Math.Min(value, int.MaxValue);
}
