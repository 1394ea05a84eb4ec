using System.Diagnostics.Metrics;
using Qwen35Batch.Pipeline;

namespace Qwen35Batch.Worker.Dashboard;

/// <summary>What the stages of this process do now and did in the last minutes, from the instruments that measure them.</summary>
internal sealed class StageActivity : IDisposable
{
    /// <summary>How far back rates look.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(2);

    private readonly IMeterFactory _meters;
    private readonly TimeProvider _time;
    private readonly long _startedAt;
    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Stage> _stages = new(StringComparer.Ordinal);

    public StageActivity(IMeterFactory meters, TimeProvider time)
    {
        _meters = meters;
        _time = time;
        _startedAt = time.GetTimestamp();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Another worker in this process has a factory of its own.
            if (ReferenceEquals(instrument.Meter.Scope, _meters)
                && instrument.Name is PipelineTelemetry.StageRunning or PipelineTelemetry.StageDuration)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, change, tags, _) => Change(StageOf(tags), change));
        _listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) => Ended(StageOf(tags), seconds));
        _listener.Start();
    }

    /// <summary>What a stage works on now.</summary>
    public long Running(string stage)
    {
        lock (_lock) return _stages.GetValueOrDefault(stage)?.Running ?? 0;
    }

    /// <summary>What a stage has ended a minute, and what it worked on at once on the average.</summary>
    public (double PerMinute, double AtOnce) Lately(string stage)
    {
        lock (_lock)
        {
            if (!_stages.TryGetValue(stage, out var known)) return (0, 0);
            Forget(known);
            var alive = _time.GetElapsedTime(_startedAt);
            var span = alive < Window ? alive : Window;
            return span <= TimeSpan.Zero
                ? (0, known.Running)
                : (known.Ended.Count / span.TotalMinutes, Math.Max(known.Ended.Sum(end => end.Seconds) / span.TotalSeconds, 0));
        }
    }

    public void Dispose() => _listener.Dispose();

    private static string StageOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (name, value) in tags)
            if (name == "stage") return (string)value!;
        return "";
    }

    private Stage Known(string name)
    {
        if (_stages.TryGetValue(name, out var known)) return known;
        return _stages[name] = new();
    }

    private void Change(string stage, long change)
    {
        lock (_lock) Known(stage).Running += change;
    }

    private void Ended(string name, double seconds)
    {
        lock (_lock)
        {
            var stage = Known(name);
            stage.Ended.Enqueue((_time.GetTimestamp(), seconds));
            Forget(stage);
        }
    }

    private void Forget(Stage stage)
    {
        while (stage.Ended.TryPeek(out var first) && _time.GetElapsedTime(first.At) > Window) stage.Ended.Dequeue();
    }

    private sealed class Stage
    {
        public long Running { get; set; }

        public Queue<(long At, double Seconds)> Ended { get; } = new();
    }
}
