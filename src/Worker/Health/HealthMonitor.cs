using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Qwen35Batch.Worker.Availability;

namespace Qwen35Batch.Worker.Health;

/// <summary>
/// Looks at everything that jobs need, each by itself and again and again, and keeps what it saw: a question about readiness is answered
/// from memory, whatever the load, and one thing that hangs hides no other. What does not answer in time is not there.
/// </summary>
internal sealed partial class HealthMonitor(
    HealthCheckService checks,
    IOptions<HealthCheckServiceOptions> registered,
    LedgerWatch ledger,
    LedgerProbeLoop ledgerProbe,
    TimeProvider time,
    ILogger<HealthMonitor> logger) : BackgroundService
{
    /// <summary>Also the ledger's name: everything that uses it tells how it is.</summary>
    public const string Ledger = "ledger";

    /// <summary>The tag of what is looked at: not MassTransit's "ready", which its own check has.</summary>
    public const string Ready = "readiness";

    /// <summary>How long a look may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The pause between two looks. With <see cref="Patience"/>, what is silent is known to be after 10 s.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Seen> _seen = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private List<string> Parts =>
        [.. registered.Value.Registrations.Where(check => check.Tags.Contains(Ready)).Select(check => check.Name)];

    /// <summary>Ends when everything was looked at once.</summary>
    public Task FirstLook => _first.Task;

    /// <summary>What was seen last.</summary>
    public HealthState Read()
    {
        var parts = Parts.ToDictionary(part => part, Read, StringComparer.Ordinal);
        parts[Ledger] = ReadLedger();
        return new(parts.Values.Min(part => part.Status), parts);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var parts = Parts;
        await Task.WhenAll(parts.Select(part => WatchAsync(part, parts.Count, stoppingToken)));
    }

    private async Task WatchAsync(string part, int parts, CancellationToken stoppingToken)
    {
        Task<HealthReport>? look = null;
        while (true)
        {
            // One that hangs is waited for and not asked again: questions would pile up.
            look ??= Task.Run(() => checks.CheckHealthAsync(check => check.Name == part, stoppingToken), stoppingToken);
            try
            {
                var entry = (await look.WaitAsync(Patience, time, stoppingToken)).Entries[part];
                Keep(part, entry.Status, entry.Description ?? entry.Exception?.Message);
                look = null;
            }
            catch (TimeoutException) when (look is { IsCompleted: false })
            {
                Keep(part, HealthStatus.Unhealthy, $"It has not answered for {Patience.TotalSeconds:N0} s.");
            }

            if (_seen.Count == parts) _first.TrySetResult();
            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    /// <summary>Said once when it changes: every look would be a line else.</summary>
    private void Keep(string part, HealthStatus status, string? description)
    {
        var before = _seen.TryGetValue(part, out var seen) ? seen.Status : HealthStatus.Healthy;
        _seen[part] = new(status, description, time.GetTimestamp());
        if (status == before) return;
        if (status == HealthStatus.Healthy) Log.IsThere(logger, part);
        else Log.IsNotThere(logger, part, description);
    }

    private PartState Read(string part) => _seen.TryGetValue(part, out var seen)
        ? new(seen.Status, seen.Description, Age(seen.At))
        : new(HealthStatus.Unhealthy, "It has not been looked at yet.", null);

    private PartState ReadLedger()
    {
        var age = ledgerProbe.LookedAt is { } at ? Age(at) : (double?)null;
        if (ledger.Away is { } away)
            return new(HealthStatus.Unhealthy, $"{away.Reason} Since {away.Since:yyyy-MM-dd HH:mm:ss} UTC.", age);
        return age is null
            ? new(HealthStatus.Unhealthy, "It has not been looked at yet.", null)
            : new(HealthStatus.Healthy, "Reachable, up to date, and takes results.", age);
    }

    private double Age(long at) => Math.Round(time.GetElapsedTime(at).TotalSeconds, 1);

    private static partial class Log
    {
        [LoggerMessage(400, LogLevel.Warning, "Not ready: {Part}. {Description}")]
        public static partial void IsNotThere(ILogger logger, string part, string? description);

        [LoggerMessage(401, LogLevel.Information, "Ready again: {Part}.")]
        public static partial void IsThere(ILogger logger, string part);
    }

    private sealed record Seen(HealthStatus Status, string? Description, long At);
}
