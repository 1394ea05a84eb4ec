namespace Qwen35Batch.Persistence.Databases;

/// <summary>
/// Writes what many callers bring in few transactions: while one is under way, the next gathers, and for a moment longer when many come,
/// so that many share a commit and a caller alone never waits. Each caller hears of its own item only. When the database refuses a group,
/// its items are written one by one, and the one that is refused takes no other down.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="write">Writes the items of a group; what came of each, in their order. It may be repeated, like any operation.</param>
internal sealed class GroupWriter<TItem, TResult>(
    LedgerDatabase database,
    Func<LedgerTransaction, IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyList<TResult>>> write)
{
    /// <summary>Enough that a commit costs little, and few enough that the locks of a transaction are held for a moment only.</summary>
    public const int MostAtOnce = 128;

    /// <summary>From one group of several to the next; nothing beside what a model takes.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly Queue<Waiting> _waiting = new();
    private TaskCompletionSource _full = New();
    private bool _isWriting;
    private int _lastCount;
    private long _lastStart;

    /// <summary>Writes an item, with those that come at the same time.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Stops the waiting. What is being written then may be stored all the same.</param>
    public Task<TResult> WriteAsync(TItem item, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(item, cancellationToken);
        lock (_lock)
        {
            _waiting.Enqueue(waiting);
            if (_waiting.Count >= MostAtOnce) _full.TrySetResult();
            if (!_isWriting)
            {
                _isWriting = true;
                // What is known of this caller, such as its span and its scope of logging, is not the others'.
                using (ExecutionContext.SuppressFlow()) _ = Task.Run(WriteAllAsync, CancellationToken.None);
            }
        }

        return waiting.Result.Task.WaitAsync(cancellationToken);
    }

    private async Task WriteAllAsync()
    {
        while (true)
        {
            await GatherAsync();
            if (Next() is not { } group) return;
            if (group.Count == 1 || !await TryWriteAsync(group))
            {
                foreach (var waiting in group) await WriteOneAsync(waiting);
            }
        }
    }

    private async Task GatherAsync()
    {
        Task full;
        lock (_lock)
        {
            if (_lastCount < 2 || _waiting.Count >= MostAtOnce) return;
            _full = New();
            full = _full.Task;
        }

        var left = Window - database.Time.GetElapsedTime(_lastStart);
        if (left > TimeSpan.Zero) await full.WaitAsync(left, database.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private List<Waiting>? Next()
    {
        lock (_lock)
        {
            var group = new List<Waiting>();
            while (group.Count < MostAtOnce && _waiting.TryDequeue(out var waiting))
            {
                if (waiting.Cancellation.IsCancellationRequested) waiting.Result.TrySetCanceled(waiting.Cancellation);
                else group.Add(waiting);
            }

            _isWriting = group.Count > 0;
            if (!_isWriting) return null;
            _lastCount = group.Count;
            _lastStart = database.Time.GetTimestamp();
            return group;
        }
    }

    /// <returns>False when something of the group was refused.</returns>
    private async Task<bool> TryWriteAsync(List<Waiting> group)
    {
        var items = group.ConvertAll(waiting => waiting.Item);
        try
        {
            var results = await database.WriteGroupAsync((transaction, token) => write(transaction, items, token), CancellationToken.None);
            for (var index = 0; index < group.Count; index++) group[index].Result.TrySetResult(results[index]);
            return true;
        }
        catch (LedgerUnavailableException fault)
        {
            foreach (var waiting in group) waiting.Result.TrySetException(fault);
            return true;
        }
        catch (Exception)
        {
            // Whose fault it was shows when each is written alone.
            return false;
        }
    }

    private async Task WriteOneAsync(Waiting waiting)
    {
        try
        {
            var results = await database.WriteAsync(
                (transaction, token) => write(transaction, [waiting.Item], token), waiting.Cancellation);
            waiting.Result.TrySetResult(results[0]);
        }
        catch (OperationCanceledException) when (waiting.Cancellation.IsCancellationRequested)
        {
            waiting.Result.TrySetCanceled(waiting.Cancellation);
        }
        catch (Exception exception)
        {
            waiting.Result.TrySetException(exception);
        }
    }

    private sealed class Waiting(TItem item, CancellationToken cancellation)
    {
        public TItem Item { get; } = item;

        public CancellationToken Cancellation { get; } = cancellation;

        public TaskCompletionSource<TResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
