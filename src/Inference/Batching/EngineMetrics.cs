using System.Diagnostics.Metrics;
using Qwen35Batch.Contracts;
using Qwen35Batch.Inference.Batching.Plan;

namespace Qwen35Batch.Inference.Batching;

/// <summary>
/// What the engine tells about itself: instruments of the meter <c>Qwen35Batch.Engine</c>, and the numbers of a live view.
/// </summary>
internal sealed class EngineMetrics : IDisposable
{
    public const string MeterName = "Qwen35Batch.Engine";
    public const string PrefillTokensName = "qwen35batch.engine.prefill.tokens";
    public const string DecodeTokensName = "qwen35batch.engine.decode.tokens";
    public const string StepDurationName = "qwen35batch.engine.step.duration";

    /// <summary>The part of a step that is recorded last.</summary>
    public const string LastPart = "other";

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _prefillTokens;
    private readonly Counter<long> _decodeTokens;
    private readonly Counter<long> _patches;
    private readonly Counter<double> _visionSeconds;
    private readonly Counter<long> _cacheHits;
    private readonly Counter<long> _cacheMisses;
    private readonly Counter<long> _cachedTokens;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _steps;
    private readonly Counter<double> _busySeconds;
    private readonly Histogram<double> _batchFill;
    private readonly Histogram<double> _stepSeconds;
    private readonly TimeProvider _time;
    private readonly int _slots;

    // Written by callers and by the loop.
    private int _pending;

    // Written by the loop, read by whoever looks.
    private int _running;
    private long _prefilled;
    private long _decoded;
    private long _cached;
    private long _busy;
    private readonly Lock _idling = new();
    private long _idle;
    private long _idleSince;
    private Recent _recent;

    // Used by the loop only.
    private long _windowStart;
    private long _windowPrefilled;
    private long _windowRows;
    private int _windowRuns;

    public EngineMetrics(int slots, TimeProvider time)
    {
        _slots = slots;
        _time = time;
        _windowStart = time.GetTimestamp();
        _recent = new Recent(_windowStart, 0, 0, 0);
        _prefillTokens = _meter.CreateCounter<long>(PrefillTokensName, "{token}", "Tokens fed outside the decode run.");
        _decodeTokens = _meter.CreateCounter<long>(DecodeTokensName, "{token}", "Tokens fed in decode runs.");
        _patches = _meter.CreateCounter<long>("qwen35batch.engine.vision.patches", "{patch}", "Patches encoded by the vision tower.");
        _visionSeconds = _meter.CreateCounter<double>(
            "qwen35batch.engine.vision.busy", "s", "Time that the vision tower runs, beside the decoder or between its steps.");
        _cacheHits = _meter.CreateCounter<long>(
            "qwen35batch.engine.cache.hits", "{lookup}", "Lookups that found a prefix or an embedding.");
        _cacheMisses = _meter.CreateCounter<long>("qwen35batch.engine.cache.misses", "{lookup}", "Lookups that found nothing.");
        _cachedTokens = _meter.CreateCounter<long>("qwen35batch.engine.cache.tokens", "{token}", "Tokens that a cache saved.");
        _requests = _meter.CreateCounter<long>("qwen35batch.engine.requests", "{request}", "Requests that ended.");
        _steps = _meter.CreateCounter<long>("qwen35batch.engine.steps", "{step}", "Steps, by the reason that more work had to wait.");
        _busySeconds = _meter.CreateCounter<double>("qwen35batch.engine.busy", "s", "Time with work.");
        // Told while it lasts: an engine that has nothing to do would seem busy until it has.
        _meter.CreateObservableCounter(
            "qwen35batch.engine.idle", () => Seconds(IdleTicks(_time.GetTimestamp())), "s", "Time without work.");
        _batchFill = _meter.CreateHistogram<double>(
            "qwen35batch.engine.batch.fill",
            "1",
            "Sequences of a decode run as a share of the slots.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] });
        _stepSeconds = _meter.CreateHistogram<double>(StepDurationName, "s", "Duration of the parts of a step.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10]
            });
        _meter.CreateObservableGauge(
            "qwen35batch.engine.queue.length", () => Volatile.Read(ref _pending), "{request}", "Requests that wait for a slot.");
        _meter.CreateObservableGauge(
            "qwen35batch.engine.running", () => Volatile.Read(ref _running), "{request}", "Requests that hold a slot.");
    }

    public Meter Meter => _meter;

    public void Arrived() => Interlocked.Increment(ref _pending);

    public void LeftQueue() => Interlocked.Decrement(ref _pending);

    public void Prefilled(int tokens)
    {
        Volatile.Write(ref _prefilled, _prefilled + tokens);
        _windowPrefilled += tokens;
        _prefillTokens.Add(tokens);
    }

    public void Decoded(int sequences)
    {
        Volatile.Write(ref _decoded, _decoded + sequences);
        _windowRows += sequences;
        _windowRuns++;
        _decodeTokens.Add(sequences);
        _batchFill.Record((double)sequences / _slots);
    }

    /// <summary>Called by the thread that the vision tower runs on.</summary>
    public void VisionRan(long ticks) => _visionSeconds.Add(Seconds(ticks));

    public void Encoded(int patches)
    {
        _patches.Add(patches);
        _cacheMisses.Add(1, Cache("embedding"));
    }

    public void EmbeddingHit(int tokens)
    {
        _cacheHits.Add(1, Cache("embedding"));
        _cachedTokens.Add(tokens, Cache("embedding"));
    }

    public void PrefixHit(int tokens)
    {
        Volatile.Write(ref _cached, _cached + tokens);
        _cacheHits.Add(1, Cache("prefix"));
        _cachedTokens.Add(tokens, Cache("prefix"));
    }

    public void PrefixMissed() => _cacheMisses.Add(1, Cache("prefix"));

    public void RequestEnded(string outcome) => _requests.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void StepEnded(StepLimit limit, StepTimes times, int running)
    {
        var total = times.Total;
        Volatile.Write(ref _running, running);
        Volatile.Write(ref _busy, _busy + total);
        _steps.Add(1, new KeyValuePair<string, object?>("cut", Spelling.Of(limit)));
        _busySeconds.Add(Seconds(total));
        Part("model", times.Model);
        Part("vision", times.Vision);
        Part("sampler", times.Sampler);
        Part("grammar", times.Grammar);
        Part("copy", times.Copy);
        Part(LastPart, total - times.Model - times.Vision - times.Sampler - times.Grammar - times.Copy);
        Roll();
    }

    public void IdleStarted()
    {
        Volatile.Write(ref _running, 0);
        lock (_idling) _idleSince = _time.GetTimestamp();
    }

    public void IdleEnded()
    {
        lock (_idling)
        {
            _idle += _time.GetTimestamp() - _idleSince;
            _idleSince = 0;
        }
    }

    public EngineStatistics Snapshot()
    {
        var now = _time.GetTimestamp();
        var recent = Volatile.Read(ref _recent);
        var isStale = Volatile.Read(ref _idleSince) != 0 && _time.GetElapsedTime(recent.At, now) > 2 * Window;
        return new EngineStatistics
        {
            Slots = _slots,
            Pending = Volatile.Read(ref _pending),
            Running = Volatile.Read(ref _running),
            PrefilledTokens = Volatile.Read(ref _prefilled),
            DecodedTokens = Volatile.Read(ref _decoded),
            CachedPromptTokens = Volatile.Read(ref _cached),
            PrefillTokensPerSecond = isStale ? 0 : recent.Prefill,
            DecodeTokensPerSecond = isStale ? 0 : recent.Decode,
            BatchFill = isStale ? 0 : recent.Fill,
            Busy = Span(Volatile.Read(ref _busy)),
            Idle = Span(IdleTicks(now)),
        };
    }

    public void Dispose() => _meter.Dispose();

    private void Part(string part, long ticks) => _stepSeconds.Record(Seconds(ticks), new KeyValuePair<string, object?>("part", part));

    private void Roll()
    {
        var now = _time.GetTimestamp();
        var elapsed = _time.GetElapsedTime(_windowStart, now);
        if (elapsed < Window)
        {
            return;
        }

        var fill = _windowRuns == 0 ? 0 : (double)_windowRows / ((long)_windowRuns * _slots);
        Volatile.Write(ref _recent, new Recent(now, _windowPrefilled / elapsed.TotalSeconds, _windowRows / elapsed.TotalSeconds, fill));
        (_windowStart, _windowPrefilled, _windowRows, _windowRuns) = (now, 0, 0, 0);
    }

    private long IdleTicks(long now)
    {
        lock (_idling) return _idle + (_idleSince == 0 ? 0 : now - _idleSince);
    }

    private double Seconds(long ticks) => (double)ticks / _time.TimestampFrequency;

    private TimeSpan Span(long ticks) => TimeSpan.FromSeconds(Seconds(ticks));

    private static KeyValuePair<string, object?> Cache(string name) => new("cache", name);

    private sealed record Recent(long At, double Prefill, double Decode, double Fill);
}
