using Microsoft.Extensions.Options;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Messaging;

/// <summary>
/// Holds a message while the ledger is away. Failing it at once would either move a good message to the error queue or make the broker send
/// it again without a pause.
/// </summary>
internal sealed class OutagePatience(
    LedgerStart start, LedgerWatch ledger, SubmitGate gate, IOptions<BusOptions> options, TimeProvider time)
{
    // A bus in memory has nowhere to put a message back to.
    private readonly TimeSpan _longest = options.Value.Transport == BusTransport.InMemory ? TimeSpan.MaxValue : options.Value.OutageHold;

    /// <exception cref="LedgerAwayException">The ledger stayed away.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> operation, CancellationToken cancellationToken)
    {
        var backOff = new BackOff(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5));
        var startedAt = time.GetTimestamp();
        using var wait = ledger.Enter();
        while (true)
        {
            LedgerUnavailableException? cause = null;
            try
            {
                if (start.Ready.IsCompleted)
                {
                    var result = await operation(cancellationToken);
                    gate.Stored();
                    return result;
                }
            }
            catch (LedgerUnavailableException fault)
            {
                wait.Failed(fault);
                cause = fault;
            }

            if (time.GetElapsedTime(startedAt) >= _longest) gate.Close(cause);
            if (gate.IsClosed) throw new LedgerAwayException(_longest, cause);
            await gate.PauseAsync(backOff.Next(), cancellationToken);
        }
    }
}
