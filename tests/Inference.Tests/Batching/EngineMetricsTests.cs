using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Batching.Plan;
using static Qwen35Batch.Inference.Tests.Batching.EngineTest;

namespace Qwen35Batch.Inference.Tests.Batching;

public sealed class EngineMetricsTests
{
    [Fact]
    public async Task The_statistics_count_what_was_fed_and_how_full_the_batches_were()
    {
        var time = new FakeTimeProvider();
        var model = new HistoryModel(4);
        model.BeforeDecode = _ => time.Advance(TimeSpan.FromSeconds(1));
        await using var engine = Start(model, time: time);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 2).Select(i => engine.Ask(Text(i, most: 10, grammar: new ScriptGrammar([.. Enumerable.Repeat(-1, 10)])))));

        var statistics = engine.Statistics;
        Assert.Equal(2 * 19, statistics.PrefilledTokens);
        Assert.Equal(2 * 10, statistics.DecodedTokens);
        Assert.Equal(model.DecodedPasts.Sum(pasts => pasts.Length), statistics.DecodedTokens);
        Assert.Equal(4, statistics.Slots);
        Assert.Equal(0, statistics.Pending);
        Assert.InRange(statistics.BatchFill, 0.25, 0.5);
        Assert.InRange(statistics.DecodeTokensPerSecond, 1, 2);
        Assert.Equal(10, answers[0].TokenIds.Length);
    }

    [Fact]
    public void Rates_fall_to_zero_when_the_engine_is_idle_and_the_idle_share_grows()
    {
        var time = new FakeTimeProvider();
        using var metrics = new EngineMetrics(2, time);
        var times = new StepTimes(time);
        times.Start();
        metrics.Decoded(2);
        time.Advance(TimeSpan.FromSeconds(2));
        metrics.StepEnded(StepLimit.None, times, 2);
        Assert.Equal(1, metrics.Snapshot().DecodeTokensPerSecond);
        Assert.Equal(1, metrics.Snapshot().BatchFill);

        metrics.IdleStarted();
        time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(0, metrics.Snapshot().DecodeTokensPerSecond);
        Assert.Equal(0, metrics.Snapshot().Running);
        Assert.Equal(0.75, metrics.Snapshot().IdleShare, 3);
        metrics.IdleEnded();
        Assert.Equal(TimeSpan.FromSeconds(6), metrics.Snapshot().Idle);
    }

    [Fact]
    public void The_meter_tells_why_steps_were_cut_and_where_their_time_went()
    {
        var time = new FakeTimeProvider();
        var seen = new List<string>();
        using var metrics = new EngineMetrics(2, time);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, it) =>
        {
            if (instrument.Meter.Name == EngineMetrics.MeterName)
            {
                it.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument.Name, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument.Name, value, tags));
        listener.Start();
        var times = new StepTimes(time);

        times.Start();
        var start = times.Now;
        time.Advance(TimeSpan.FromSeconds(3));
        times.AddModel(start);
        time.Advance(TimeSpan.FromSeconds(1));
        metrics.StepEnded(StepLimit.VisionPatches, times, 1);

        Assert.Contains("qwen35batch.engine.steps 1 visionPatches", seen);
        Assert.Contains("qwen35batch.engine.step.duration 3 model", seen);
        Assert.Contains("qwen35batch.engine.step.duration 1 other", seen);
        Assert.Contains("qwen35batch.engine.busy 4 ", seen);

        // An engine that waits is idle while it does, and not only afterwards.
        metrics.IdleStarted();
        time.Advance(TimeSpan.FromSeconds(9));
        listener.RecordObservableInstruments();
        metrics.IdleEnded();
        listener.RecordObservableInstruments();
        Assert.Equal(2, seen.Count(line => line == "qwen35batch.engine.idle 9 "));

        // Other engines of this process report to the same listener, from their own threads.
        void Note(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            lock (seen)
            {
                seen.Add($"{name} {value} {(tags.IsEmpty ? "" : tags[0].Value)}");
            }
        }
    }
}
