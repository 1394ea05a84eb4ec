namespace Qwen35Batch.Worker.Signals;

/// <summary>Tells one waiting loop that there may be work. Signals that come while nobody waits are kept as one.</summary>
internal sealed class WakeUp(TimeProvider time)
{
    private TaskCompletionSource _raised = New();

    public void Set() => Volatile.Read(ref _raised).TrySetResult();

    /// <summary>Returns at the next signal or when the time is over, whichever is first; the caller looks for work in both cases.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        await Volatile.Read(ref _raised).Task
            .WaitAsync(atMost, time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // A signal that falls between the wait and this line is not lost: the caller has yet to look for work.
        Volatile.Write(ref _raised, New());
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
