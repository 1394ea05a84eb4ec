using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Qwen35Batch.Worker.Availability;

namespace Qwen35Batch.Worker.Health;

/// <summary>
/// Looks at everything that jobs need, each by itself and again and again, and keeps what it saw: a question about readiness is answered
/// from memory, whatever the load, and one thing that hangs hides no other. What does not answer in time is not there.
/// </summary>
internal sealed class HealthMonitor(
    HealthCheckService checks,
    IOptions<HealthCheckServiceOptions> registered,
    LedgerWatch ledger,
    LedgerProbeLoop ledgerProbe,
    TimeProvider time) : BackgroundService
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
                _seen[part] = new(entry.Status, entry.Description ?? entry.Exception?.Message, time.GetTimestamp());
                look = null;
            }
            catch (TimeoutException) when (look is { IsCompleted: false })
            {
                _seen[part] = new(HealthStatus.Unhealthy, $"It has not answered for {Patience.TotalSeconds:N0} s.", time.GetTimestamp());
            }

            if (_seen.Count == parts) _first.TrySetResult();
            await Task.Delay(Interval, time, stoppingToken);
        }
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

    private sealed record Seen(HealthStatus Status, string? Description, long At);
}
