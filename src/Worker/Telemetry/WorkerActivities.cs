using System.Diagnostics;
using Qwen35Batch.Pipeline;

namespace Qwen35Batch.Worker.Telemetry;

/// <summary>Spans of the worker. Each carries the job's id, so that one search finds its way through queue, stages and database.</summary>
internal static class WorkerActivities
{
    public const string SourceName = "Qwen35Batch.Worker";

    private static readonly ActivitySource Source = new(SourceName);

    public static Activity? Start(string name, Guid job) => Source.StartActivity(name)?.SetTag(PipelineTelemetry.JobIdTag, job);
}
