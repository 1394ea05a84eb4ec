using System.Diagnostics.Metrics;

namespace Qwen35Batch.Pipeline;

/// <summary>The names under which the pipeline is measured.</summary>
public static class PipelineTelemetry
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "Qwen35Batch.Pipeline";

    /// <summary>The tag of a span that names the job, so that one search finds its way through queue, stages and database.</summary>
    public const string JobIdTag = "qwen35batch.job.id";

    /// <summary>
    /// Histogram: how long a stage took, in seconds, by <c>stage</c> (Acquire, Extract, Prepare, Infer, Validate, Persist, Publish) and
    /// <c>outcome</c>.
    /// </summary>
    public const string StageDuration = "qwen35batch.pipeline.stage.duration";

    /// <summary>Up-down counter: what a stage works on now, by <c>stage</c>.</summary>
    public const string StageRunning = "qwen35batch.pipeline.stage.running";

    /// <summary>The instrument behind <see cref="StageRunning"/>, the same for all who measure stages.</summary>
    public static UpDownCounter<long> StagesRunning(IMeterFactory meters) =>
        meters.Create(Name).CreateUpDownCounter<long>(StageRunning, "{row}", "What a stage works on now.");

    /// <summary>The instrument behind <see cref="StageDuration"/>, the same for all who measure stages.</summary>
    public static Histogram<double> StageDurations(IMeterFactory meters) => meters.Create(Name).CreateHistogram(
        StageDuration, "s", "How long a stage took.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300] });
}
