namespace Qwen35Batch.Worker.Stages;

/// <summary>
/// Lets a suspect (work that has brought down a worker before) run with nothing beside it in this process, so that it takes nobody
/// down again. Shared by all loops: whoever is inside finishes first, and nobody claims while a suspect waits or runs.
/// </summary>
internal sealed class IsolationGate
{
    private readonly Lock _lock = new();
    private int _inside;
    private TaskCompletionSource? _emptied;
    private TaskCompletionSource? _freed;

    /// <summary>Waits while a suspect waits or runs, then enters. Every enter has one <see cref="Leave"/>.</summary>
    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task freed;
            lock (_lock)
            {
                if (_freed is null)
                {
                    _inside++;
                    return;
                }

                freed = _freed.Task;
            }

            await freed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Enters once more, by someone who is inside.</summary>
    public void EnterAgain()
    {
        lock (_lock) _inside++;
    }

    public void Leave()
    {
        lock (_lock)
        {
            _inside--;
            if (_inside == 0) _emptied?.TrySetResult();
        }
    }

    /// <summary>
    /// Closes the gate for one suspect; false when another one has it. Followed by <see cref="WaitUntilAloneAsync"/> and
    /// <see cref="Free"/>.
    /// </summary>
    public bool TryReserve()
    {
        lock (_lock)
        {
            if (_freed is not null) return false;
            _freed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _emptied = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_inside == 0) _emptied.SetResult();
            return true;
        }
    }

    public Task WaitUntilAloneAsync(CancellationToken cancellationToken)
    {
        lock (_lock) return _emptied!.Task.WaitAsync(cancellationToken);
    }

    public void Free()
    {
        lock (_lock)
        {
            _freed!.SetResult();
            _freed = null;
            _emptied = null;
        }
    }
}
