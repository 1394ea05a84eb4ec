using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Corpora;
using Qwen35Batch.Worker.Dashboard;

namespace Qwen35Batch.Worker.Tests.Dashboard;

public sealed class RunForecastTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 2, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly RunForecast _forecast;

    public RunForecastTests() => _forecast = new(_time);

    [Fact]
    public void At_first_the_whole_run_is_the_measure()
    {
        _time.Advance(TimeSpan.FromMinutes(60));

        Assert.Equal(Start.AddMinutes(240), _forecast.Say(Run(), ended: 25, open: 75));
    }

    [Fact]
    public void Later_it_is_the_rate_of_the_last_minutes()
    {
        _time.Advance(TimeSpan.FromMinutes(60));
        _forecast.Say(Run(), ended: 25, open: 75);
        _time.Advance(TimeSpan.FromMinutes(5));

        // Twenty-five in five minutes: the fifty that are left take ten.
        Assert.Equal(Start.AddMinutes(75), _forecast.Say(Run(), ended: 50, open: 50));
    }

    [Fact]
    public void What_does_not_move_is_over_or_is_still_looked_for_has_no_forecast()
    {
        _time.Advance(TimeSpan.FromMinutes(60));

        Assert.Null(_forecast.Say(Run(), ended: 0, open: 75));
        Assert.Null(_forecast.Say(Run(), ended: 75, open: 0));
        Assert.Null(_forecast.Say(Run() with { EnumeratedAt = null }, ended: 25, open: 75));
    }

    private static CorpusRun Run() => new()
    {
        Id = 1,
        Corpus = "scans",
        Date = new(2026, 3, 2),
        StartedAt = Start,
        EnumeratedAt = Start,
        Enqueued = 100,
        Skipped = 0,
        Jobs = new Dictionary<JobState, long>(),
    };
}
