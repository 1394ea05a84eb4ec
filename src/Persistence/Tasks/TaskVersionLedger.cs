using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Tasks;

/// <summary>
/// Keeps the schemas of the versions of tasks that jobs were planned with, so that an answer can be judged by what it was asked for when
/// the task's file has long been changed. One method is one operation and one commit; every method may be repeated without harm.
/// </summary>
public sealed class TaskVersionLedger
{
    private readonly LedgerDatabase _database;

    internal TaskVersionLedger(LedgerDatabase database) => _database = database;

    /// <summary>Stores a version, unless it is there already.</summary>
    /// <param name="task">The task and its version.</param>
    /// <param name="version">What it holds its answers to.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task RememberAsync(TaskReference task, StoredTaskVersion version, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(version);
        return _database.WriteAsync(async (transaction, token) =>
        {
            if (await transaction.Db.TaskVersions.AnyAsync(row => row.TaskName == task.Name && row.TaskVersion == task.Version, token))
                return false;
            transaction.Db.TaskVersions.Add(new()
            {
                TaskName = task.Name,
                TaskVersion = task.Version,
                Schema = StorableText.StorableJson(version.Schema.GetRawText()),
                SynthesisSchema = version.SynthesisSchema is { } synthesis ? StorableText.StorableJson(synthesis.GetRawText()) : null,
                At = transaction.Now,
            });
            return true;
        }, cancellationToken);
    }

    /// <summary>A version; null for one that no job was planned with since versions are kept.</summary>
    public Task<StoredTaskVersion?> FindAsync(TaskReference task, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        return _database.ReadAsync(async (db, token) =>
        {
            var row = await db.TaskVersions.AsNoTracking()
                .SingleOrDefaultAsync(row => row.TaskName == task.Name && row.TaskVersion == task.Version, token);
            return row is null
                ? null
                : new StoredTaskVersion(
                    LedgerJson.Element(row.Schema), row.SynthesisSchema is { } synthesis ? LedgerJson.Element(synthesis) : null);
        }, cancellationToken);
    }
}
