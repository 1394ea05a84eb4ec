using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>Notes what an operator did, in the same transaction.</summary>
internal static class Audit
{
    public static void Add(LedgerTransaction transaction, string actor, string action, Guid jobId, string detail) =>
        transaction.Db.Audit.Add(new()
        {
            At = transaction.Now,
            Actor = actor.Storable(ColumnLengths.Name),
            Action = action,
            JobId = jobId,
            Detail = detail,
        });
}
