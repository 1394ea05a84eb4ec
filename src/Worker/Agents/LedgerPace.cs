using Qwen35Batch.Persistence.Pacing;
using Qwen35Batch.Pipeline.Agents.Search;

namespace Qwen35Batch.Worker.Agents;

/// <summary>Lets requests to a service pass one at a time, over all workers of the ledger.</summary>
internal sealed class LedgerPace(PaceLedger ledger, TimeProvider time) : IRequestPace
{
    public async Task<IAsyncDisposable> EnterAsync(
        string service, TimeSpan interval, TimeSpan longest, CancellationToken cancellationToken)
    {
        var holder = Guid.NewGuid();
        while (true)
        {
            var turn = await ledger.TryTakeAsync(service, holder, interval, longest, cancellationToken);
            if (turn.Wait <= TimeSpan.Zero) return new Turn(ledger, service, holder, interval);
            await Task.Delay(turn.Wait, time, cancellationToken);
        }
    }

    private sealed class Turn(PaceLedger ledger, string service, Guid holder, TimeSpan interval) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await ledger.ReleaseAsync(service, holder, interval, CancellationToken.None);
    }
}
