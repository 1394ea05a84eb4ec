using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Qwen35Batch.Persistence.Tests.Databases;

/// <summary>Counts the commands that go to the database, and lets one of them fail before it gets there.</summary>
/// <param name="failing">The number of the command that fails, from 1; 0 for none.</param>
/// <param name="error">How it fails.</param>
internal sealed class NumberedCommands(int failing = 0, Exception? error = null) : DbCommandInterceptor
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result,
        CancellationToken cancellationToken = default) => IsFailing()
        ? ValueTask.FromException<InterceptionResult<DbDataReader>>(error!)
        : ValueTask.FromResult(result);

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        IsFailing() ? ValueTask.FromException<InterceptionResult<int>>(error!) : ValueTask.FromResult(result);

    private bool IsFailing() => Interlocked.Increment(ref _count) == failing;
}
