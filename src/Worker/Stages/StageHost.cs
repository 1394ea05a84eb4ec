using Microsoft.Extensions.Options;
using Qwen35Batch.Persistence.WorkQueue;
using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Stages;

/// <summary>
/// Starts the loops and stops them in this order: no more claims, from the moment the host is told to stop; running work goes on until
/// <see cref="StageOptions.DrainTimeout"/>; what still runs is cancelled; its leases are given back, without counting the attempt; the last
/// events are published; heartbeats end. The engine is disposed with the host, after all of this. A second stop signal cuts the drain
/// short, a third ends the process.
/// </summary>
internal sealed partial class StageHost(
    StageLoop<JobClaim> plan,
    StageLoop<SegmentClaim> analyse,
    LeaseKeeper leases,
    ReaperLoop reaper,
    OutboxRelayLoop relay,
    AnnouncementLoop announcements,
    StopSignals stopSignals,
    IOptions<StageOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<StageHost> logger) : IHostedService, IDisposable
{
    /// <summary>How long cancelled work may take to notice, and giving back to be stored.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopClaiming = new();
    private readonly CancellationTokenSource _stopSupport = new();
    private Task _claiming = Task.CompletedTask;
    private Task _support = Task.CompletedTask;
    private CancellationTokenRegistration _hostStops;

    /// <summary>What a shutdown may take beside the drain.</summary>
    public static TimeSpan ShutdownTimeout(StageOptions options) => options.DrainTimeout + Grace + Grace + Grace;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        stopSignals.Listen();
        // Other services stop first, and the web server waits for its slowest request.
        _hostStops = lifetime.ApplicationStopping.Register(_stopClaiming.Cancel);
        _support = Task.WhenAll(
            Supervise("heartbeat", leases.RunAsync, _stopSupport.Token),
            Supervise("reaper", reaper.RunAsync, _stopSupport.Token),
            Supervise("outbox relay", relay.RunAsync, _stopSupport.Token),
            Supervise("announcements", announcements.RunAsync, _stopSupport.Token));
        _claiming = Task.WhenAll(
            Supervise("plan", stop => WhenKnownAsync(plan.RunAsync, stop), _stopClaiming.Token),
            Supervise("analyse", stop => WhenKnownAsync(analyse.RunAsync, stop), _stopClaiming.Token));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Log.Stopping(logger, options.Value.DrainTimeout);
        await _stopClaiming.CancelAsync();
        using var drain = CancellationTokenSource.CreateLinkedTokenSource(stopSignals.Hurry, cancellationToken);
        drain.CancelAfter(options.Value.DrainTimeout);
        // A claim under way may still bring rows; they are given back with the rest.
        await _claiming.WaitAsync(Grace, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(plan.DrainAsync(Grace, drain.Token), analyse.DrainAsync(Grace, drain.Token));
        await ReleaseAsync();

        await _stopSupport.CancelAsync();
        await _support.WaitAsync(Grace, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await PublishLastEventsAsync();
        await LeaveAsync();
        Log.Stopped(logger);
    }

    public void Dispose()
    {
        _hostStops.Dispose();
        _stopClaiming.Dispose();
        _stopSupport.Dispose();
    }

    private async Task ReleaseAsync()
    {
        // Not the host's token: giving back matters most when the time is over.
        using var bound = new CancellationTokenSource(Grace, time);
        try
        {
            await plan.ReleaseUnfinishedAsync(bound.Token);
            await analyse.ReleaseUnfinishedAsync(bound.Token);
        }
        catch (Exception exception)
        {
            Log.ReleaseFailed(logger, exception);
        }
    }

    private async Task PublishLastEventsAsync()
    {
        using var bound = new CancellationTokenSource(Grace, time);
        try
        {
            await relay.PublishWaitingAsync(bound.Token);
        }
        catch (Exception exception)
        {
            Log.LastEventsKept(logger, exception);
        }
    }

    /// <summary>Who claims must be known: whose media it has, and whether it lives, is asked of it.</summary>
    private async Task WhenKnownAsync(Func<CancellationToken, Task> loop, CancellationToken stop)
    {
        await leases.Known.WaitAsync(stop);
        await loop(stop);
    }

    private async Task LeaveAsync()
    {
        using var bound = new CancellationTokenSource(Grace, time);
        try
        {
            await leases.LeaveAsync(bound.Token);
        }
        catch (Exception exception)
        {
            Log.LeaveFailed(logger, exception);
        }
    }

    private async Task Supervise(string name, Func<CancellationToken, Task> loop, CancellationToken stop)
    {
        try
        {
            await loop(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            // A loop that is gone would look like no work: the process ends, and its supervisor starts it again.
            Log.LoopDied(logger, name, exception);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(130, LogLevel.Information, "Stopping: no more work is claimed; running work has {DrainTimeout} to end.")]
        public static partial void Stopping(ILogger logger, TimeSpan drainTimeout);

        [LoggerMessage(131, LogLevel.Information, "Stopped: nothing is held any more.")]
        public static partial void Stopped(ILogger logger);

        [LoggerMessage(132, LogLevel.Warning, "Unfinished work could not be given back; it is free again when its leases run out.")]
        public static partial void ReleaseFailed(ILogger logger, Exception exception);

        [LoggerMessage(135, LogLevel.Information, "The ledger does not answer: that this worker has stopped is found out by its silence.")]
        public static partial void LeaveFailed(ILogger logger, Exception exception);

        [LoggerMessage(133, LogLevel.Critical, "The {Loop} loop ended by a fault of this program; the worker stops.")]
        public static partial void LoopDied(ILogger logger, string loop, Exception exception);

        [LoggerMessage(134, LogLevel.Information, "Some events are published at the next start: the bus or the ledger does not answer.")]
        public static partial void LastEventsKept(ILogger logger, Exception exception);
    }
}
