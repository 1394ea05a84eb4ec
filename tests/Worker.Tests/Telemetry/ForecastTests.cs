using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Worker.Telemetry;

namespace Qwen35Batch.Worker.Tests.Telemetry;

public sealed class ForecastTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 2, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);

    [Fact]
    public void At_first_the_whole_is_the_measure()
    {
        var forecast = new Forecast(_time, Start, 0);
        _time.Advance(TimeSpan.FromMinutes(60));

        Assert.Equal(TimeSpan.FromMinutes(180), forecast.Left(ended: 25, open: 75));
    }

    [Fact]
    public void What_had_ended_before_took_no_time()
    {
        var forecast = new Forecast(_time, Start, 20);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(TimeSpan.FromMinutes(15), forecast.Left(ended: 25, open: 75));
    }

    [Fact]
    public void Later_it_is_the_rate_of_the_last_minutes()
    {
        var forecast = new Forecast(_time, Start, 0);
        _time.Advance(TimeSpan.FromMinutes(60));
        forecast.Left(ended: 25, open: 75);
        _time.Advance(TimeSpan.FromMinutes(5));

        // Twenty-five in five minutes: the fifty that are left take ten.
        Assert.Equal(TimeSpan.FromMinutes(10), forecast.Left(ended: 50, open: 50));
    }

    [Fact]
    public void A_retry_that_opens_work_again_begins_anew()
    {
        var forecast = new Forecast(_time, Start, 0);
        _time.Advance(TimeSpan.FromMinutes(60));
        forecast.Left(ended: 90, open: 10);
        _time.Advance(TimeSpan.FromMinutes(4));

        Assert.Equal(TimeSpan.FromMinutes(64), forecast.Left(ended: 50, open: 50));
    }

    [Fact]
    public void What_does_not_move_has_just_begun_or_is_over_has_no_forecast()
    {
        var forecast = new Forecast(_time, Start, 0);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(forecast.Left(ended: 5, open: 75));
        _time.Advance(TimeSpan.FromMinutes(60));

        Assert.Null(forecast.Left(ended: 0, open: 75));
        Assert.Null(forecast.Left(ended: 75, open: 0));
    }
}
