using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Worker.Availability;

namespace Qwen35Batch.Worker.Tests.Availability;

public sealed class EngineBreakerTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly EngineBreaker _breaker;
    private double _spread;

    public EngineBreakerTests() => _breaker = new(3, _time, () => _spread);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Failures_among_answers_change_nothing()
    {
        for (var number = 0; number < 10; number++)
        {
            Fail(2);
            _breaker.Answered(_breaker.Begin());
        }

        Assert.Equal(8, await _breaker.WaitAsync(8, Cancellation));
    }

    [Fact]
    public async Task One_at_a_time_asks_after_waits_that_grow()
    {
        Fail(3);
        foreach (var seconds in (int[])[2, 4, 8, 16, 32, 60, 60])
        {
            var asking = _breaker.WaitAsync(8, Cancellation);
            _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.False(asking.IsCompleted);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(1, await asking);
            Assert.True(_breaker.Begin());
            _breaker.Failed(isProbe: true, Delay);
        }
    }

    [Fact]
    public async Task Waits_are_spread_over_a_quarter_more()
    {
        _spread = 1;
        Fail(3);
        var asking = _breaker.WaitAsync(8, Cancellation);

        _time.Advance(TimeSpan.FromSeconds(2.4));
        Assert.False(asking.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(1, await asking);
    }

    [Fact]
    public async Task While_one_asks_nobody_else_does_however_long_it_takes()
    {
        Fail(3);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, await _breaker.WaitAsync(8, Cancellation));
        Assert.True(_breaker.Begin());
        var next = _breaker.WaitAsync(8, Cancellation);

        // What was under way when it opened is no answer to the one that asks.
        _breaker.Failed(isProbe: false, Delay);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(next.IsCompleted);

        _breaker.Failed(isProbe: true, Delay);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(1, await next);
    }

    [Fact]
    public async Task A_place_for_asking_that_found_nothing_to_ask_with_is_offered_again()
    {
        Fail(3);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(1, await _breaker.WaitAsync(8, Cancellation));
        Assert.Equal(1, await _breaker.WaitAsync(8, Cancellation));
    }

    [Fact]
    public async Task A_segment_that_never_came_to_the_engine_lets_the_next_one_ask()
    {
        Fail(3);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, await _breaker.WaitAsync(8, Cancellation));
        Assert.True(_breaker.Begin());

        _breaker.NotAsked(isProbe: true);

        Assert.Equal(1, await _breaker.WaitAsync(8, Cancellation));
    }

    [Fact]
    public async Task The_first_answer_opens_all_places_at_once()
    {
        Fail(3);
        var next = _breaker.WaitAsync(8, Cancellation);
        Assert.False(next.IsCompleted);

        _breaker.Answered(isProbe: false);

        Assert.Equal(8, await next);
        Assert.False(_breaker.IsOpen);
    }

    [Fact]
    public async Task It_is_asked_once_a_minute_however_long_it_wants_to_be_left_alone()
    {
        for (var number = 0; number < 3; number++) _breaker.Failed(_breaker.Begin(), TimeSpan.FromMinutes(30));
        var asking = _breaker.WaitAsync(8, Cancellation);

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(1, await asking);
    }

    private void Fail(int times)
    {
        for (var number = 0; number < times; number++) _breaker.Failed(_breaker.Begin(), Delay);
    }
}
