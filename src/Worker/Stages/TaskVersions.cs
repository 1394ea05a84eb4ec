using System.Collections.Concurrent;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Tasks;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Worker.Stages;

/// <summary>Has the ledger keep what a task's version holds answers to, before a job is planned with it.</summary>
internal sealed class TaskVersions(TaskVersionLedger ledger, TaskCatalog catalog)
{
    private readonly ConcurrentDictionary<TaskReference, bool> _kept = new();

    public async Task KeepAsync(TaskReference task, CancellationToken cancellationToken)
    {
        if (_kept.ContainsKey(task)) return;
        if (catalog.List().FirstOrDefault(known => known.Task == task) is { } known)
            await ledger.RememberAsync(task, new(known.Schema, known.SynthesisSchema), cancellationToken);
        _kept[task] = true;
    }
}
