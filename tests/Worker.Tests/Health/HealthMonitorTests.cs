using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Health;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Health;

/// <summary>What is said of the parts without asking them at that moment.</summary>
public sealed class HealthMonitorTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services;
    private readonly LedgerWatch _ledger;
    private readonly HealthMonitor _monitor;
    private int _looks;

    public HealthMonitorTests()
    {
        var services = new ServiceCollection().AddLogging().AddLedger(new ConfigurationBuilder().Build());
        services.AddHealthChecks()
            .AddAsyncCheck("silent", _ => new TaskCompletionSource<HealthCheckResult>().Task, [HealthMonitor.Ready])
            .AddCheck(
                "there", () => HealthCheckResult.Healthy($"Look {Interlocked.Increment(ref _looks)}."), [HealthMonitor.Ready])
            .AddCheck("broken", () => throw new IOException("It is broken."), [HealthMonitor.Ready])
            .AddCheck("other", () => HealthCheckResult.Unhealthy("Nobody asks."));
        _services = services.BuildServiceProvider();
        _ledger = new(_time, NullLogger<LedgerWatch>.Instance);
        _monitor = new(
            _services.GetRequiredService<HealthCheckService>(),
            _services.GetRequiredService<IOptions<HealthCheckServiceOptions>>(),
            _ledger,
            new(_services.GetRequiredService<LedgerProbe>(), _ledger, _time, NullLogger<LedgerProbeLoop>.Instance),
            _time,
            NullLogger<HealthMonitor>.Instance);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _monitor.StopAsync(CancellationToken.None);
        _monitor.Dispose();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task What_is_silent_is_named_and_hides_nothing_else()
    {
        await _monitor.StartAsync(Cancellation);
        await SeenAsync("there", "Look 1.");

        Assert.Equal((HealthStatus.Unhealthy, "It has not been looked at yet."), Part("silent"));
        Assert.Equal(["broken", "ledger", "silent", "there"], _monitor.Read().Checks.Keys.Order());
        await SeenAsync("broken", "It is broken.");
        await SeenAsync("silent", "It has not answered for 5 s.", () => _time.Advance(TimeSpan.FromSeconds(1)));
        Assert.Equal(HealthStatus.Unhealthy, Part("silent").Status);
        Assert.Equal(HealthStatus.Healthy, Part("there").Status);
        Assert.Equal(HealthStatus.Unhealthy, _monitor.Read().Status);
    }

    [Fact]
    public async Task What_was_seen_has_an_age_and_is_looked_at_again()
    {
        await _monitor.StartAsync(Cancellation);
        await SeenAsync("there", "Look 1.");

        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(3, _monitor.Read().Checks["there"].AgeSeconds);
        await SeenAsync("there", "Look 2.", () => _time.Advance(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void A_ledger_that_somebody_found_away_is_unhealthy_at_once()
    {
        using var wait = _ledger.Enter();

        wait.Failed(new("42501", "permission denied for table job", null));

        Assert.Equal(HealthStatus.Unhealthy, _monitor.Read().Status);
        Assert.StartsWith(
            "The ledger cannot be used: 42501: permission denied for table job. Since ",
            Part("ledger").Description,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_silent_is_known_to_be_within_15_seconds()
    {
        Assert.True(HealthMonitor.Interval + HealthMonitor.Patience <= TimeSpan.FromSeconds(15));
        Assert.True(LedgerProbeLoop.Interval + LedgerProbeLoop.Patience <= TimeSpan.FromSeconds(15));
    }

    private (HealthStatus Status, string? Description) Part(string name) =>
        (_monitor.Read().Checks[name].Status, _monitor.Read().Checks[name].Description);

    private Task SeenAsync(string name, string description, Action? meanwhile = null) => TestWorker.WaitAsync(() =>
    {
        meanwhile?.Invoke();
        return Part(name).Description == description;
    });
}
