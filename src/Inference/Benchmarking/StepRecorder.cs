using System.Diagnostics.Metrics;
using Qwen35Batch.Inference.Batching;

namespace Qwen35Batch.Inference.Benchmarking;

/// <summary>
/// Listens to a loop's instruments, and splits the time that passes between feeding prompts and all the rest. What it has found is
/// complete when the loop has ended.
/// </summary>
internal sealed class StepRecorder : IDisposable
{
    private readonly TimeProvider _time;
    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, double> _parts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _sums = new(StringComparer.Ordinal);
    private long _mark;
    private double _stepSeconds;
    private bool _hasPrefill;
    private bool _hasDecode;
    private double _decodeStepSeconds;
    private int _decodeSteps;

    public StepRecorder(Meter meter, TimeProvider time)
    {
        _time = time;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == meter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Count(instrument.Name, value));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            if (instrument.Name == EngineMetrics.StepDurationName)
            {
                Part((string)tags[0].Value!, value);
            }
        });
        _listener.Start();
        Restart();
    }

    public long PrefillTokens { get; private set; }

    public double PrefillSeconds { get; private set; }

    public long DecodeTokens { get; private set; }

    public double DecodeSeconds { get; private set; }

    public int DecodeRuns { get; private set; }

    /// <summary>The mean of the steps that fed no prompt.</summary>
    public EngineStepSplit DecodeStep
    {
        get
        {
            var (model, sampler, grammar) = (Mean("model"), Mean("sampler"), Mean("grammar"));
            var whole = TimeSpan.FromSeconds(_decodeStepSeconds / Math.Max(1, _decodeSteps));
            return new EngineStepSplit(model, sampler, grammar, whole - model - sampler - grammar);
        }
    }

    /// <summary>Forgets what was recorded; the time counts from now on.</summary>
    public void Restart()
    {
        using (_lock.EnterScope())
        {
            _mark = _time.GetTimestamp();
            _parts.Clear();
            _sums.Clear();
            (PrefillTokens, DecodeTokens, DecodeRuns, _decodeSteps) = (0, 0, 0, 0);
            (PrefillSeconds, DecodeSeconds, _stepSeconds, _decodeStepSeconds) = (0, 0, 0, 0);
            (_hasPrefill, _hasDecode) = (false, false);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Count(string instrument, long tokens)
    {
        using (_lock.EnterScope())
        {
            if (instrument == EngineMetrics.PrefillTokensName)
            {
                PrefillTokens += tokens;
                PrefillSeconds += Elapsed();
                _hasPrefill = true;
            }
            else if (instrument == EngineMetrics.DecodeTokensName)
            {
                DecodeTokens += tokens;
                DecodeRuns++;
                DecodeSeconds += Elapsed();
                _hasDecode = true;
            }
        }
    }

    private void Part(string part, double seconds)
    {
        using (_lock.EnterScope())
        {
            _parts[part] = seconds;
            if (part == EngineMetrics.LastPart)
            {
                EndStep();
            }
        }
    }

    private void EndStep()
    {
        var rest = Elapsed();

        // A step without a run is the end of one that began before the restart.
        if (_hasDecode || _hasPrefill)
        {
            DecodeSeconds += rest;
        }

        if (_hasDecode && !_hasPrefill)
        {
            _decodeSteps++;
            _decodeStepSeconds += _stepSeconds;
            foreach (var (part, seconds) in _parts)
            {
                _sums[part] = _sums.GetValueOrDefault(part) + seconds;
            }
        }

        _parts.Clear();
        (_hasPrefill, _hasDecode, _stepSeconds) = (false, false, 0);
    }

    /// <summary>The time since the last event.</summary>
    private double Elapsed()
    {
        var now = _time.GetTimestamp();
        var elapsed = _time.GetElapsedTime(_mark, now).TotalSeconds;
        _mark = now;
        _stepSeconds += elapsed;
        return elapsed;
    }

    private TimeSpan Mean(string part) => TimeSpan.FromSeconds(_sums.GetValueOrDefault(part) / Math.Max(1, _decodeSteps));
}
