using System.Collections.Concurrent;
using System.Diagnostics;
using Qwen35Batch.Pipeline;
using Qwen35Batch.Worker.Telemetry;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Telemetry;

public sealed class SpanTests
{
    [Fact]
    public async Task Every_span_of_a_job_carries_its_id_under_one_tag()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is PipelineTelemetry.Name or WorkerActivities.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var worker = await TestWorker.StartAsync();

        var job = await worker.SubmitAsync(worker.Job("traced.txt"));
        await worker.WaitForEndAsync(job);
        await worker.StopAsync();

        Assert.All(ended, span => Assert.IsType<Guid>(span.GetTagItem("qwen35batch.job.id")));
        string[] stages = ["Acquire", "Extract", "Plan", "Prepare", "Infer", "Validate", "Analyse", "Persist"];
        Assert.Superset(
            stages.ToHashSet(),
            ended.Where(span => job.Equals(span.GetTagItem("qwen35batch.job.id"))).Select(span => span.OperationName).ToHashSet());
    }
}
