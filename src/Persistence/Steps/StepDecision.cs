namespace Qwen35Batch.Persistence.Steps;

/// <summary>What came of a person's decision on a step.</summary>
public enum StepDecision
{
    /// <summary>It is stored, or the same one was stored before.</summary>
    Taken,

    /// <summary>There is no such step.</summary>
    Missing,

    /// <summary>It was made for other arguments than the step has; nothing is changed.</summary>
    OtherArguments,

    /// <summary>The step does not wait for a decision, or another one was made; nothing is changed.</summary>
    NotAwaiting,
}
