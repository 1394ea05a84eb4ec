using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Qwen35Batch.Persistence.Tests.Databases;

/// <summary>Holds the first transaction until it is let go, so that a group gathers behind it, and counts all that are committed.</summary>
internal sealed class HeldTransactions : DbTransactionInterceptor
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _committed;

    public int Committed => Volatile.Read(ref _committed);

    /// <summary>Ends when the first transaction waits.</summary>
    public Task Entered => _entered.Task;

    public void Release() => _released.TrySetResult();

    public override async ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result,
        CancellationToken cancellationToken = default)
    {
        _entered.TrySetResult();
        await _released.Task.WaitAsync(cancellationToken);
        return result;
    }

    public override Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _committed);
        return Task.CompletedTask;
    }
}
