using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Qwen35Batch.Persistence.Tests.Databases;

/// <summary>Commits, and then says that the connection broke: the worst that a network does.</summary>
internal sealed class LostAnswers(Exception error, int times) : DbTransactionInterceptor
{
    private int _left = times;

    public int Lost { get; private set; }

    public override Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        if (_left == 0)
            return Task.CompletedTask;
        _left--;
        Lost++;
        return Task.FromException(error);
    }
}
