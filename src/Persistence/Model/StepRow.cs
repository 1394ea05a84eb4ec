using Qwen35Batch.Contracts.Steps;

namespace Qwen35Batch.Persistence.Model;

/// <summary>A step of an agent's job.</summary>
internal sealed class StepRow
{
    public long Id { get; set; }

    /// <summary>The job's row.</summary>
    public long JobId { get; set; }

    public int Number { get; set; }

    public StepKind Kind { get; set; }

    public string? Tool { get; set; }

    public required string Arguments { get; set; }

    public required string ArgumentsSha256 { get; set; }

    public StepEffect Effect { get; set; }

    public StepState State { get; set; }

    public string? Result { get; set; }

    public DateTimeOffset PlannedAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public int Starts { get; set; }

    /// <summary>Who began it last.</summary>
    public Guid? Worker { get; set; }

    /// <summary>The fencing token of the segment under which it was begun last.</summary>
    public long LeaseToken { get; set; }

    public bool? Approved { get; set; }

    public string? DecidedBy { get; set; }

    public DateTimeOffset? DecidedAt { get; set; }

    public StepVerdict? Verdict { get; set; }

    /// <summary>When the job was retried, and this step was to be come by anew; null for a step that counts.</summary>
    public DateTimeOffset? ReplacedAt { get; set; }

    public int InputTokens { get; set; }

    public int CachedInputTokens { get; set; }

    public int OutputTokens { get; set; }

    public long ModelMilliseconds { get; set; }

    public long Bytes { get; set; }

    public bool HasEnded => State is StepState.Done or StepState.Failed or StepState.Refused or StepState.Unknown;

    public StepRecord ToRecord() => new()
    {
        Number = Number,
        Kind = Kind,
        Tool = Tool,
        Arguments = Arguments,
        ArgumentsSha256 = ArgumentsSha256,
        Effect = Effect,
        State = State,
        Result = Result,
        Usage = new()
        {
            InputTokens = InputTokens,
            CachedInputTokens = CachedInputTokens,
            OutputTokens = OutputTokens,
            ModelMilliseconds = ModelMilliseconds,
        },
        Bytes = Bytes,
        PlannedAt = PlannedAt,
        StartedAt = StartedAt,
        EndedAt = EndedAt,
        Starts = Starts,
        Approved = Approved,
        DecidedBy = DecidedBy,
        DecidedAt = DecidedAt,
        Verdict = Verdict,
        IsReplaced = ReplacedAt is not null,
    };
}
