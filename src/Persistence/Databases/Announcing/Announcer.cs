namespace Qwen35Batch.Persistence.Databases.Announcing;

/// <summary>
/// Tells other processes, after the commit, that there is something to do: they begin at once instead of at their next look. Told at once,
/// and what follows shortly after is told together: in a transaction of the work itself, PostgreSQL would let only one of them commit at a
/// time. What cannot be told is found by looking.
/// </summary>
internal sealed class Announcer(IWorkChannel channel, TimeProvider time)
{
    /// <summary>From one announcement to the next.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private ReadyWork _waiting;
    private bool _isSending;

    /// <summary>Tells this process's own announcements from others'.</summary>
    public string Sender { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Announces work.</summary>
    /// <returns>Ends when it was told; at once when it is told together with what follows.</returns>
    public Task TellAsync(ReadyWork work)
    {
        lock (_lock)
        {
            _waiting |= work;
            if (_isSending || _waiting == ReadyWork.None) return Task.CompletedTask;
            _isSending = true;
        }

        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (ExecutionContext.SuppressFlow()) _ = Task.Run(() => SendAllAsync(told), CancellationToken.None);
        return told.Task;
    }

    private async Task SendAllAsync(TaskCompletionSource first)
    {
        while (Next() is var work && work != ReadyWork.None)
        {
            try
            {
                await channel.SendAsync($"{Sender} {(int)work}", CancellationToken.None);
            }
            catch (Exception)
            {
                // The work is stored, and whoever looks finds it.
            }

            first.TrySetResult();
            await Task.Delay(Window, time);
        }
    }

    private ReadyWork Next()
    {
        lock (_lock)
        {
            var work = _waiting;
            _waiting = ReadyWork.None;
            _isSending = work != ReadyWork.None;
            return work;
        }
    }
}
