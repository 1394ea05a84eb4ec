using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Batching.Plan;
using Qwen35Batch.Inference.Benchmarking;

namespace Qwen35Batch.Inference.Tests.Benchmarking;

public sealed class StepRecorderTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly EngineMetrics _metrics;
    private readonly StepTimes _times;
    private readonly StepRecorder _recorder;

    public StepRecorderTests()
    {
        _metrics = new EngineMetrics(2, _time);
        _times = new StepTimes(_time);
        _recorder = new StepRecorder(_metrics.Meter, _time);
    }

    public void Dispose()
    {
        _recorder.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public void Time_up_to_the_last_prompt_is_prefill_and_the_rest_is_decode()
    {
        Step(prefill: 100, decode: 20, sampler: 1, rest: 2);
        Step(prefill: 0, decode: 30, sampler: 3, rest: 4);

        Assert.Equal((50, 0.1), (_recorder.PrefillTokens, Math.Round(_recorder.PrefillSeconds, 6)));
        Assert.Equal((4, 2, 0.06), (_recorder.DecodeTokens, _recorder.DecodeRuns, Math.Round(_recorder.DecodeSeconds, 6)));
    }

    [Fact]
    public void The_split_is_that_of_steps_without_prompts_and_adds_up_to_the_time_between_their_ends()
    {
        Step(prefill: 100, decode: 20, sampler: 1, rest: 2);
        Step(prefill: 0, decode: 30, sampler: 3, rest: 4, before: 5);
        Step(prefill: 0, decode: 40, sampler: 5, rest: 6, before: 7);

        var step = _recorder.DecodeStep;

        Assert.Equal(
            (35d, 4d, 0d, 11d),
            (
                step.Model.TotalMilliseconds,
                step.Sampler.TotalMilliseconds,
                step.Grammar.TotalMilliseconds,
                Math.Round(step.Other.TotalMilliseconds, 6)));
        Assert.Equal(50, step.Total.TotalMilliseconds, 6);
    }

    [Fact]
    public void The_end_of_a_step_that_began_before_the_restart_is_not_counted()
    {
        _times.Start();
        Pass(10);
        _metrics.Decoded(2);
        _recorder.Restart();
        Pass(1000);
        _metrics.StepEnded(StepLimit.None, _times, 2);
        Step(prefill: 0, decode: 30, sampler: 3, rest: 4);

        Assert.Equal((2, 0.037), (_recorder.DecodeTokens, Math.Round(_recorder.DecodeSeconds, 6)));
        Assert.Equal(37, _recorder.DecodeStep.Total.TotalMilliseconds, 6);
    }

    [Fact]
    public void Another_engine_in_the_process_is_not_listened_to()
    {
        using var other = new EngineMetrics(2, _time);

        other.Decoded(2);

        Assert.Equal(0, _recorder.DecodeTokens);
    }

    /// <summary>A step of the loop, in milliseconds.</summary>
    private void Step(int prefill, int decode, int sampler, int rest, int before = 0)
    {
        Pass(before);
        _times.Start();
        if (prefill > 0)
        {
            Model(prefill);
            _metrics.Prefilled(50);
        }

        Model(decode);
        _metrics.Decoded(2);
        var start = _times.Now;
        Pass(sampler);
        _times.AddSampler(start);
        Pass(rest);
        _metrics.StepEnded(StepLimit.None, _times, 2);
    }

    private void Model(int milliseconds)
    {
        var start = _times.Now;
        Pass(milliseconds);
        _times.AddModel(start);
    }

    private void Pass(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
}
