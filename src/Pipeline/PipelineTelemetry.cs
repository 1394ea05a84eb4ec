namespace Qwen35Batch.Pipeline;

/// <summary>The names under which the pipeline is measured.</summary>
public static class PipelineTelemetry
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "Qwen35Batch.Pipeline";

    /// <summary>Histogram: how long a stage took, in seconds, by <c>stage</c> (Acquire, Extract, Prepare, Infer, Validate) and <c>outcome</c>.</summary>
    public const string StageDuration = "qwen35batch.pipeline.stage.duration";
}
