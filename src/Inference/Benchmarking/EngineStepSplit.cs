namespace Qwen35Batch.Inference.Benchmarking;

/// <summary>The parts of a step's time.</summary>
/// <param name="Model">The model's run, with the embedding of its tokens.</param>
/// <param name="Sampler">The choice of the next tokens.</param>
/// <param name="Grammar">Token masks.</param>
/// <param name="Other">All the rest, from the end of the step before: planning, bookkeeping, copies of state.</param>
public sealed record EngineStepSplit(TimeSpan Model, TimeSpan Sampler, TimeSpan Grammar, TimeSpan Other)
{
    /// <summary>The whole step.</summary>
    public TimeSpan Total => Model + Sampler + Grammar + Other;
}
