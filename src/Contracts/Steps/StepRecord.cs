namespace Qwen35Batch.Contracts.Steps;

/// <summary>A step as it stands in the ledger.</summary>
public sealed record StepRecord
{
    /// <summary>Its number within the job, from 0.</summary>
    public required int Number { get; init; }

    /// <summary>What it is.</summary>
    public required StepKind Kind { get; init; }

    /// <summary>The tool of a call, or the one whose result was read; null for another.</summary>
    public string? Tool { get; init; }

    /// <summary>The arguments, as JSON.</summary>
    public required string Arguments { get; init; }

    /// <summary>SHA-256 of tool and arguments, lower-case hexadecimal: what an approval is bound to.</summary>
    public required string ArgumentsSha256 { get; init; }

    /// <summary>What it does to the world.</summary>
    public required StepEffect Effect { get; init; }

    /// <summary>Where it stands.</summary>
    public required StepState State { get; init; }

    /// <summary>What came of it, as JSON; null until then.</summary>
    public string? Result { get; init; }

    /// <summary>What the model took for it.</summary>
    public Usage Usage { get; init; } = new();

    /// <summary>Bytes that came from outside.</summary>
    public long Bytes { get; init; }

    /// <summary>When it was first stored, by the ledger's clock.</summary>
    public required DateTimeOffset PlannedAt { get; init; }

    /// <summary>When it was begun last.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How often it was begun.</summary>
    public int Starts { get; init; }

    /// <summary>True when a person approved these arguments, false when one refused them; null while nobody has.</summary>
    public bool? Approved { get; init; }

    /// <summary>What a person said of an effect that may have happened; null while nobody has.</summary>
    public StepVerdict? Verdict { get; init; }

    /// <summary>Who decided last.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>When, by the ledger's clock.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>
    /// Whether the job was retried since, and comes by this step anew. What it did to the world stays, and is not done again.
    /// </summary>
    public bool IsReplaced { get; init; }

    /// <summary>Whether it waits for a person to say if its effect has happened, and not for approval.</summary>
    public bool IsInDoubt => State == StepState.Awaiting && Starts > 0;

    /// <summary>Whether it is over.</summary>
    public bool HasEnded => State is StepState.Done or StepState.Failed or StepState.Refused or StepState.Unknown;
}
