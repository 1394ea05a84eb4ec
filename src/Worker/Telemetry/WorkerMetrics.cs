using System.Diagnostics.Metrics;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Submissions;
using Qwen35Batch.Pipeline;

namespace Qwen35Batch.Worker.Telemetry;

/// <summary>The worker's instruments, behind verbs.</summary>
internal sealed class WorkerMetrics
{
    public const string MeterName = "Qwen35Batch.Worker";

    private readonly Counter<long> _submitted;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _leasesLost;
    private readonly Counter<long> _published;
    private readonly Counter<long> _segments;
    private readonly Counter<long> _tokens;
    private readonly UpDownCounter<long> _running;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _stages;
    private readonly UpDownCounter<long> _stagesRunning;
    private readonly TimeProvider _time;

    public WorkerMetrics(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        _stages = PipelineTelemetry.StageDurations(meters);
        _stagesRunning = PipelineTelemetry.StagesRunning(meters);
        var meter = meters.Create(MeterName);
        _submitted = meter.CreateCounter<long>("qwen35batch.jobs.submitted", "{job}", "Submissions by what came of them.");
        _refused = meter.CreateCounter<long>("qwen35batch.messages.refused", "{message}", "Messages that ended in the error queue.");
        _leasesLost = meter.CreateCounter<long>("qwen35batch.leases.lost", "{lease}", "Leases lost while their work was running.");
        _published = meter.CreateCounter<long>("qwen35batch.events.published", "{event}", "Events sent to the bus.");
        _segments = meter.CreateCounter<long>("qwen35batch.segments.stored", "{segment}", "Insights stored.");
        _tokens = meter.CreateCounter<long>("qwen35batch.tokens", "{token}", "Tokens of answers, by direction, task, model and corpus.");
        _running = meter.CreateUpDownCounter<long>("qwen35batch.work.running", "{row}", "Rows worked on now, by stage.");
        _duration = meter.CreateHistogram<double>(
            "qwen35batch.work.duration",
            "s",
            "From the start of a row's work until its outcome was stored, by stage and outcome.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000] });
    }

    /// <summary>Runs a stage of the worker's own, such as <c>Persist</c>, and records how long it took and how it ended.</summary>
    public async Task<T> StageAsync<T>(string stage, Func<Task<T>> work)
    {
        var startedAt = _time.GetTimestamp();
        var outcome = "failed";
        _stagesRunning.Add(1, new KeyValuePair<string, object?>("stage", stage));
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
        finally
        {
            _stagesRunning.Add(-1, new KeyValuePair<string, object?>("stage", stage));
            _stages.Record(_time.GetElapsedTime(startedAt).TotalSeconds, new("stage", stage), new("outcome", outcome));
        }
    }

    public void JobSubmitted(string result) => _submitted.Add(1, new KeyValuePair<string, object?>("result", result));

    public void MessageRefused() => _refused.Add(1);

    public void LeaseLost() => _leasesLost.Add(1);

    public void EventPublished() => _published.Add(1);

    /// <summary>An insight was stored.</summary>
    public void SegmentStored() => _segments.Add(1);

    /// <param name="usage">What answers took.</param>
    /// <param name="task">The task's name.</param>
    /// <param name="model">The model and its revision; empty where no answer tells it.</param>
    /// <param name="corpus">The corpus; null for a job of none.</param>
    public void TokensSpent(Usage usage, string task, string model, string? corpus)
    {
        Add("input", usage.InputTokens);
        Add("output", usage.OutputTokens);

        void Add(string direction, long tokens) =>
            _tokens.Add(tokens, new("direction", direction), new("task", task), new("model", model), new("corpus", corpus ?? ""));
    }

    /// <summary>Counters that have counted nothing are there with 0, so that a rate or an alert over them means something.</summary>
    public void KeepPresent()
    {
        foreach (var result in Spelling.Names<SubmitResult>())
            _submitted.Add(0, new KeyValuePair<string, object?>("result", result));
        foreach (var counter in new[] { _refused, _leasesLost, _published, _segments }) counter.Add(0);
        TokensSpent(new(), "", "", null);
    }

    public MeasuredWork BeginWork(string stage) => new(this, stage);

    /// <summary>One row's work; without a call of <see cref="Complete"/> its outcome is <c>unknown</c>.</summary>
    internal sealed class MeasuredWork : IDisposable
    {
        private readonly WorkerMetrics _metrics;
        private readonly KeyValuePair<string, object?> _stage;
        private readonly long _startedAt;
        private string _outcome = "unknown";

        public MeasuredWork(WorkerMetrics metrics, string stage)
        {
            _metrics = metrics;
            _stage = new("stage", stage);
            _startedAt = metrics._time.GetTimestamp();
            metrics._running.Add(1, _stage);
        }

        public void Complete(string outcome) => _outcome = Spelling.Of(outcome);

        public void Dispose()
        {
            _metrics._running.Add(-1, _stage);
            _metrics._duration.Record(_metrics._time.GetElapsedTime(_startedAt).TotalSeconds, _stage, new("outcome", _outcome));
        }
    }
}
