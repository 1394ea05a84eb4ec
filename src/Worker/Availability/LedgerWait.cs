using Qwen35Batch.Persistence.Databases;

namespace Qwen35Batch.Worker.Availability;

/// <summary>Something that needs the ledger and asks again until it has been served: a loop, a result, a message.</summary>
internal sealed class LedgerWait(LedgerWatch watch) : IDisposable
{
    public void Failed(LedgerUnavailableException fault) => watch.Failed(this, fault);

    public void Answered() => watch.Answered(this);

    public void Dispose() => Answered();
}
