namespace Qwen35Batch.Contracts.Steps;

/// <summary>What a step does to the world; decides what becomes of one that a crash cut short.</summary>
public enum StepEffect
{
    /// <summary>A request to the model: asked again.</summary>
    Model,

    /// <summary>Nothing is changed: done again.</summary>
    Read,

    /// <summary>Files of the job itself, put in place by the commit: done again.</summary>
    Write,

    /// <summary>Something outside of this program: never done again.</summary>
    External,
}
