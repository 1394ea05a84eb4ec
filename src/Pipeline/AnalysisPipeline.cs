namespace Qwen35Batch.Pipeline;

/// <summary>How a job becomes insights: Acquire, Extract, Prepare, Infer, Validate. It stores nothing.</summary>
public sealed class AnalysisPipeline
{
    /// <summary>Acquires a job's source and cuts it into segments. Never throws for a bad source.</summary>
    public Task<PlanOutcome> PlanAsync(MediaJob job, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Analyses one segment. Never throws for bad media or a bad answer.</summary>
    public Task<SegmentOutcome> AnalyseAsync(SegmentJob job, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
