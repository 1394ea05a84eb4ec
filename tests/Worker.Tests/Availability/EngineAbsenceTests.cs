using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Worker.Availability;

namespace Qwen35Batch.Worker.Tests.Availability;

public sealed class EngineAbsenceTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider _time = new();
    private readonly EngineAbsence _absence;

    public EngineAbsenceTests() => _absence = new(3, _time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refusals_among_answers_change_nothing()
    {
        for (var number = 0; number < 10; number++)
        {
            _absence.Refused(Delay);
            _absence.Refused(Delay);
            _absence.Answered();
        }

        Assert.Equal(8, await _absence.WaitAsync(8, Cancellation));
    }

    [Fact]
    public async Task One_at_a_time_asks_an_engine_that_is_away()
    {
        Refuse(3);
        var first = _absence.WaitAsync(8, Cancellation);
        Assert.False(first.IsCompleted);
        _time.Advance(Delay);
        Assert.Equal(1, await first);

        var second = _absence.WaitAsync(8, Cancellation);
        Assert.False(second.IsCompleted);
        Refuse(1);
        _time.Advance(Delay);
        Assert.Equal(1, await second);
    }

    [Fact]
    public async Task The_first_answer_opens_all_places_at_once()
    {
        Refuse(3);
        _time.Advance(Delay);
        Assert.Equal(1, await _absence.WaitAsync(8, Cancellation));
        var next = _absence.WaitAsync(8, Cancellation);
        Assert.False(next.IsCompleted);

        _absence.Answered();

        Assert.Equal(8, await next);
    }

    [Fact]
    public async Task It_is_asked_once_a_minute_however_long_it_wants_to_be_left_alone()
    {
        _absence.Refused(TimeSpan.FromMinutes(30));
        _absence.Refused(TimeSpan.FromMinutes(30));
        _absence.Refused(TimeSpan.FromMinutes(30));
        var asking = _absence.WaitAsync(8, Cancellation);

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(1, await asking);
    }

    private void Refuse(int times)
    {
        for (var number = 0; number < times; number++) _absence.Refused(Delay);
    }
}
