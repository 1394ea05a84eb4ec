using System.Diagnostics;
using System.Diagnostics.Metrics;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline;

/// <summary>Measures the stages.</summary>
internal sealed class PipelineMetrics(IMeterFactory meters, TimeProvider time) : IDisposable
{
    private readonly ActivitySource _activities = new(PipelineTelemetry.Name);

    private readonly Histogram<double> _duration = PipelineTelemetry.StageDurations(meters);

    private readonly UpDownCounter<long> _running = PipelineTelemetry.StagesRunning(meters);

    /// <summary>Runs a stage and records how long it took and how it ended.</summary>
    public async Task<T> StageAsync<T>(string stage, Guid job, Func<Task<T>> work)
    {
        using var activity = _activities.StartActivity(stage);
        activity?.SetTag(PipelineTelemetry.JobIdTag, job);
        var started = time.GetTimestamp();
        var outcome = "failed";
        _running.Add(1, new KeyValuePair<string, object?>("stage", stage));
        try
        {
            var result = await work();
            outcome = "completed";
            return result;
        }
        catch (OperationCanceledException)
        {
            outcome = "cancelled";
            throw;
        }
        catch (MediaRejectedException)
        {
            outcome = "rejected";
            throw;
        }
        catch (ResourceUnavailableException)
        {
            outcome = "deferred";
            throw;
        }
        finally
        {
            _running.Add(-1, new KeyValuePair<string, object?>("stage", stage));
            if (outcome != "completed") activity?.SetStatus(ActivityStatusCode.Error, outcome);
            _duration.Record(time.GetElapsedTime(started).TotalSeconds, new("stage", stage), new("outcome", outcome));
        }
    }

    public void Dispose() => _activities.Dispose();
}
