using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Availability;

/// <summary>
/// Asks the ledger now and then, so that an outage is known although nobody needs it at the moment, and that it is over. A silent server is
/// one that is away.
/// </summary>
internal sealed partial class LedgerProbeLoop(LedgerProbe probe, LedgerWatch watch, TimeProvider time, ILogger<LedgerProbeLoop> logger)
    : BackgroundService
{
    /// <summary>How long the ledger may take to answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The pause between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly WakeUp _look = new(time);
    private long _lookedAt;

    /// <summary>When the ledger was last looked at, as a timestamp of the clock; null before.</summary>
    public long? LookedAt => Volatile.Read(ref _lookedAt) is var at && at == 0 ? null : at;

    /// <summary>Looks now: somebody who does not wait has met a fault.</summary>
    public void LookSoon() => _look.Set();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var wait = watch.Enter();
        while (true)
        {
            await LookAsync(wait, stoppingToken);
            Volatile.Write(ref _lookedAt, time.GetTimestamp());
            await _look.WaitAsync(Interval, stoppingToken);
        }
    }

    private async Task LookAsync(LedgerWait wait, CancellationToken stoppingToken)
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stoppingToken);
        try
        {
            // Not only by the token: a driver may wait for a silent server before it gives up.
            await probe.CheckAsync(either.Token).WaitAsync(either.Token);
            wait.Answered();
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            stoppingToken.ThrowIfCancellationRequested();
        }
        catch (Exception) when (late.IsCancellationRequested)
        {
            wait.Failed(new(null, $"the database has not answered for {Patience.TotalSeconds:N0} s.", null));
        }
        catch (LedgerUnavailableException fault)
        {
            wait.Failed(fault);
        }
        catch (Exception exception)
        {
            Log.Faulty(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(305, LogLevel.Error, "The ledger could not be looked at by a fault of this program.")]
        public static partial void Faulty(ILogger logger, Exception exception);
    }
}
