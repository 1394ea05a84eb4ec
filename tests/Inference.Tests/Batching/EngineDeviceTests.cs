using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Batching.Sequences;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Providers;
using static Qwen35Batch.Inference.Tests.Batching.EngineTest;

namespace Qwen35Batch.Inference.Tests.Batching;

/// <summary>A device that is lost ends the engine, and no request is blamed for it.</summary>
public sealed class EngineDeviceTests
{
    private static readonly OnnxRuntimeException Fault = Assert.Throws<OnnxRuntimeException>(() => new InferenceSession([1, 2, 3]));

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task A_device_that_is_lost_in_a_decode_run_ends_the_engine(int lost)
    {
        var probe = new Probe();
        var model = new HistoryModel(4) { BeforeDecode = run => probe.LoseIf(run >= lost) };
        await using var engine = Start(new GuardedSequenceModel(model, probe));

        await EndsByLoss(engine, [.. Enumerable.Range(0, 6).Select(i => Text(i, most: 2000, grammar: Endless()))]);
    }

    [Fact]
    public async Task A_device_that_is_lost_in_a_prompt_ends_the_engine()
    {
        var probe = new Probe();
        var model = new HistoryModel(4) { BeforePrefill = chunk => probe.LoseIf(chunk.Past > 0) };
        await using var engine = Start(new GuardedSequenceModel(model, probe), prefill: 8);

        await EndsByLoss(engine, [Text(1), Text(2)]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_device_that_is_lost_at_a_picture_ends_the_engine(bool overlaps)
    {
        var probe = new Probe();
        var vision = new PatchSum { BeforeRun = _ => probe.LoseIf(true) };
        await using var engine = Start(new HistoryModel(4), new GuardedVisionEncoder(vision, probe), overlaps: overlaps);

        await EndsByLoss(engine, [WithPictures(8, Picture(1)), WithPictures(8, Picture(2))]);
    }

    [Fact]
    public async Task A_run_that_fails_while_the_device_answers_costs_nobody_an_answer()
    {
        var probe = new Probe();
        var failures = 0;
        var model = new HistoryModel(4) { BeforeDecode = run => _ = run == 3 && failures++ == 0 ? throw Fault : 0 };
        await using var engine = Start(new GuardedSequenceModel(model, probe));
        EngineRequest[] requests = [.. Enumerable.Range(0, 6).Select(i => Text(i))];

        var answers = await Task.WhenAll(requests.Select(request => engine.Ask(request)));

        Assert.All(answers.Zip(requests), pair => Assert.Equal(Expected(pair.Second), pair.First.TokenIds));
        Assert.Equal(1, probe.Asked);
    }

    [Fact]
    public async Task The_probe_goes_with_the_model()
    {
        var probe = new Probe();
        await using (Start(new GuardedSequenceModel(new HistoryModel(1), probe)))
        {
        }

        Assert.True(probe.IsDisposed);
    }

    [Fact]
    public void A_probe_adds_on_the_device()
    {
        using var probe = new DeviceProbe(new ExecutionProviderOptions());

        Assert.True(probe.Answers());
    }

    private static ScriptGrammar Endless() => new([.. Enumerable.Repeat(-1, 2000)]);

    private static async Task EndsByLoss(EngineLoop engine, EngineRequest[] requests)
    {
        var asked = requests.Select(request => engine.Ask(request)).ToArray();

        foreach (var request in asked)
        {
            var error = await Assert.ThrowsAsync<EngineStoppedException>(() => request);
            Assert.Contains("The GPU is lost", error.Message, StringComparison.Ordinal);
        }

        Assert.IsType<DeviceLostException>(await engine.Breakdown.WaitAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>A device that every call from then on fails on.</summary>
    private sealed class Probe : IDeviceProbe
    {
        private volatile bool _isLost;

        public Lock Turn { get; } = new();

        public int Asked { get; private set; }

        public bool IsDisposed { get; private set; }

        public void LoseIf(bool now)
        {
            if (!_isLost && !now) return;
            _isLost = true;
            throw Fault;
        }

        public bool Answers()
        {
            Asked++;
            return !_isLost;
        }

        public void Dispose() => IsDisposed = true;
    }
}
