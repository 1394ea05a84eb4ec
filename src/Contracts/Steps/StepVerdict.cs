namespace Qwen35Batch.Contracts.Steps;

/// <summary>What a person says of an effect that may or may not have happened.</summary>
public enum StepVerdict
{
    /// <summary>It happened: the step is done, and is not repeated.</summary>
    Happened,

    /// <summary>It did not happen: it is done now.</summary>
    Again,

    /// <summary>Nobody can say, or it does not matter: it is not repeated, and the job goes on without it.</summary>
    Skip,
}
