namespace Qwen35Batch.Persistence.History;

/// <summary>What happened to a job.</summary>
public enum JobEventKind
{
    /// <summary>It was accepted.</summary>
    Submitted,

    /// <summary>The same job was asked for again, under another id.</summary>
    AskedAgain,

    /// <summary>It was cut into segments.</summary>
    Planned,

    /// <summary>A worker ended while it held it or a segment.</summary>
    Crashed,

    /// <summary>It, or a segment, is to be tried again, not before the time.</summary>
    PutOff,

    /// <summary>A segment's insight was stored.</summary>
    Answered,

    /// <summary>A segment ended without an insight.</summary>
    Failed,

    /// <summary>A person said something of an insight.</summary>
    Reviewed,

    /// <summary>Somebody had it tried again.</summary>
    Retried,

    /// <summary>A person allowed a step of an agent.</summary>
    Approved,

    /// <summary>A person did not allow a step of an agent.</summary>
    Refused,

    /// <summary>A person said whether a step of an agent has happened, or what becomes of it.</summary>
    Settled,

    /// <summary>Somebody cancelled it.</summary>
    Cancelled,

    /// <summary>It ended.</summary>
    Ended,
}

/// <summary>Something that happened to a job.</summary>
public sealed record JobEvent
{
    /// <summary>When; for what is put off, when it is due.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What.</summary>
    public required JobEventKind Kind { get; init; }

    /// <summary>The number of the segment that it happened to; null for the job itself.</summary>
    public int? Segment { get; init; }

    /// <summary>Who did it, where a person or another program did.</summary>
    public string? Actor { get; init; }

    /// <summary>More, in words.</summary>
    public string? Detail { get; init; }

    /// <summary>What the model said that could not be accepted; null without.</summary>
    public string? Answer { get; init; }
}
