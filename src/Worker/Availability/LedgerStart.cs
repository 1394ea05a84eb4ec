using Microsoft.Extensions.Options;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.WorkQueue;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Availability;

/// <summary>
/// Brings the ledger up to date before anything uses it. A service whose database is away starts all the same and waits for it; a command
/// fails with the reason, and so does a database that does not fit this program, found at the start or when it is back.
/// </summary>
internal sealed partial class LedgerStart(
    LedgerMigrator migrator,
    QueueLedger queue,
    IOptions<LedgerOptions> options,
    LedgerWatch watch,
    StartPolicy policy,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<LedgerStart> logger) : IHostedService, IDisposable
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly LedgerWait _wait = watch.Enter();
    private Task _waiting = Task.CompletedTask;

    /// <summary>Ends when the ledger was found usable for the first time.</summary>
    public Task Ready => _ready.Task;

    /// <exception cref="SettingsException">The ledger is not this program's, and waiting would not help.</exception>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be used, and waiting is not wanted.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await PrepareAsync(cancellationToken);
        }
        catch (LedgerUnavailableException fault) when (policy.WaitsForLedger)
        {
            _wait.Failed(fault);
            _waiting = WaitAsync(_stop.Token);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _wait.Dispose();
        _stop.Dispose();
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var backOff = new BackOff(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10));
        while (true)
        {
            await Task.Delay(backOff.Next(), time, cancellationToken);
            try
            {
                await PrepareAsync(cancellationToken);
                return;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (LedgerUnavailableException fault)
            {
                _wait.Failed(fault);
            }
            catch (Exception exception)
            {
                // It is back, and not for this program: as if it had been found so at the start.
                Log.LedgerUnusable(logger, exception);
                Environment.ExitCode = 1;
                lifetime.StopApplication();
                return;
            }
        }
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (options.Value.AutoMigrate)
        {
            var applied = await migrator.MigrateAsync(cancellationToken);
            if (applied.Count > 0) Log.Migrated(logger, applied.Count);
        }
        else if (await migrator.WhyNotReadyAsync(cancellationToken) is { } reason)
        {
            throw new SettingsException([reason]);
        }

        if (policy.OwnsDataFolder && options.Value.Provider == LedgerProvider.Sqlite)
        {
            // What an earlier process held when it died need not wait for its leases to run out.
            var ended = await queue.EndAllLeasesAsync(cancellationToken);
            if (ended > 0) Log.LeasesEnded(logger, ended);
        }

        _wait.Answered();
        _ready.TrySetResult();
    }

    private static partial class Log
    {
        [LoggerMessage(302, LogLevel.Information, "The ledger was brought up to date: {Count} migrations.")]
        public static partial void Migrated(ILogger logger, int count);

        [LoggerMessage(303, LogLevel.Information, "An earlier process died while it held {Count} rows; they are taken up again.")]
        public static partial void LeasesEnded(ILogger logger, int count);

        [LoggerMessage(304, LogLevel.Critical, "The ledger is back and cannot be used; the worker stops.")]
        public static partial void LedgerUnusable(ILogger logger, Exception exception);
    }
}
