namespace Qwen35Batch.Contracts.Steps;

/// <summary>What a step of an agent's job is.</summary>
public enum StepKind
{
    /// <summary>The model says how it will go about the question.</summary>
    Plan,

    /// <summary>The model says which tools to call next, or that it has enough.</summary>
    Act,

    /// <summary>A tool is called.</summary>
    Call,

    /// <summary>A foreign text is read by a request without tools, which can only give notes.</summary>
    Read,

    /// <summary>The model writes the report from the notes.</summary>
    Write,

    /// <summary>The model is asked again for paragraphs that no note carries.</summary>
    Verify,
}
