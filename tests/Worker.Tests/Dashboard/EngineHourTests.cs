using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Dashboard;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Dashboard;

public sealed class EngineHourTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.Zero));

    [Fact]
    public void A_minute_is_told_in_shares_and_one_that_nobody_saw_not_at_all()
    {
        var hour = new EngineHour(_time);
        hour.Add(EngineDoing.Busy);
        hour.Add(EngineDoing.Busy);
        hour.Add(EngineDoing.Extract);
        hour.Add(EngineDoing.Ledger);
        _time.Advance(TimeSpan.FromMinutes(2));
        hour.Add(EngineDoing.NoWork);

        var minutes = hour.Read();

        Assert.Equal(60, minutes.Count);
        Assert.Equal(new Dictionary<string, double> { ["busy"] = 0.5, ["extract"] = 0.25, ["ledger"] = 0.25 }, minutes[57]);
        Assert.Null(minutes[58]);
        Assert.Equal(new Dictionary<string, double> { ["noWork"] = 1 }, minutes[59]);
    }

    [Fact]
    public void After_an_hour_a_minute_is_gone()
    {
        var hour = new EngineHour(_time);
        hour.Add(EngineDoing.Busy);

        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.NotNull(hour.Read()[0]);

        _time.Advance(TimeSpan.FromMinutes(1));
        hour.Add(EngineDoing.NoWork);
        Assert.Equal([.. Enumerable.Repeat(false, 59), true], hour.Read().Select(minute => minute is not null));
    }

    [Fact]
    public async Task Why_an_engine_is_idle_is_asked_of_what_it_waits_for()
    {
        await using var worker = await TestWorker.StartAsync();
        var observer = ActivatorUtilities.CreateInstance<EngineObserver>(worker.Server.Services);
        using var wait = worker.Server.Services.GetRequiredService<LedgerWatch>().Enter();

        wait.Failed(new("08006", "the server closed the connection", null));
        Assert.Equal(EngineDoing.Ledger, observer.Look());

        wait.Answered();
        Assert.NotEqual(EngineDoing.Ledger, observer.Look());
    }
}
