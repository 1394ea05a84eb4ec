namespace Qwen35Batch.Contracts.Steps;

/// <summary>Where a step stands. Done, Failed, Refused and Unknown are final.</summary>
public enum StepState
{
    /// <summary>Stored, and nothing of it was done.</summary>
    Planned,

    /// <summary>A worker does it; or one did when it was stopped.</summary>
    Running,

    /// <summary>Its result is stored.</summary>
    Done,

    /// <summary>It was tried and gave an error, which is stored as its result.</summary>
    Failed,

    /// <summary>The rules or a person did not allow it; why is stored as its result.</summary>
    Refused,

    /// <summary>It waits for a person: for approval, or when it was begun, to say whether its effect has happened.</summary>
    Awaiting,

    /// <summary>An effect outside of this program that may or may not have happened; it is not repeated.</summary>
    Unknown,
}
