using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Qwen35Batch.Persistence.Tests.Databases;

/// <summary>Fails a number of commands before they reach the database.</summary>
internal sealed class FailingCommands(Exception error, int times) : DbCommandInterceptor
{
    private int _left = times;

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result,
        CancellationToken cancellationToken = default)
    {
        if (_left == 0)
            return ValueTask.FromResult(result);
        _left--;
        return ValueTask.FromException<InterceptionResult<DbDataReader>>(error);
    }
}
