using Microsoft.Extensions.Options;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Messaging;

/// <summary>
/// Holds a message while the ledger is away. Failing it at once would either move a good message to the error queue or make the broker send
/// it again without a pause.
/// </summary>
internal sealed partial class OutagePatience(
    LedgerStart ledger, IOptions<BusOptions> options, TimeProvider time, ILogger<OutagePatience> logger)
{
    // A bus in memory has nowhere to put a message back to.
    private readonly TimeSpan _longest = options.Value.Transport == BusTransport.InMemory ? TimeSpan.MaxValue : options.Value.OutageHold;

    /// <exception cref="LedgerAwayException">The ledger stayed away.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> operation, CancellationToken cancellationToken)
    {
        var backOff = new BackOff(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5));
        var startedAt = time.GetTimestamp();
        while (true)
        {
            try
            {
                await WaitForFirstUseAsync(startedAt, cancellationToken);
                return await operation(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception exception) when (LedgerOutage.Explains(exception))
            {
                if (time.GetElapsedTime(startedAt) >= _longest) throw new LedgerAwayException(_longest, exception);
                if (backOff.Failures == 0) Log.MessageHeld(logger, exception);
            }

            await Task.Delay(backOff.Next(), time, cancellationToken);
        }
    }

    private Task WaitForFirstUseAsync(long startedAt, CancellationToken cancellationToken)
    {
        if (ledger.Ready.IsCompleted) return Task.CompletedTask;
        var left = _longest == TimeSpan.MaxValue
            ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromTicks(Math.Max(0, (_longest - time.GetElapsedTime(startedAt)).Ticks));
        return ledger.Ready.WaitAsync(left, time, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(200, LogLevel.Warning, "A message is held: the ledger does not answer.")]
        public static partial void MessageHeld(ILogger logger, Exception exception);
    }
}
