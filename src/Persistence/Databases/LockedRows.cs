using Microsoft.EntityFrameworkCore;

namespace Qwen35Batch.Persistence.Databases;

internal static class LockedRows
{
    /// <summary>The row, or null. Not composed into the SQL: a lock clause cannot stand in a subquery.</summary>
    public static async Task<T?> FirstInTransactionAsync<T>(this IQueryable<T> rows, CancellationToken cancellationToken)
        where T : class => (await rows.ToListAsync(cancellationToken)).SingleOrDefault();
}
