using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract;

/// <summary>
/// The memory of what has been extracted and not yet been answered. Whoever finds no room waits, in the order of asking; one always gets
/// in, however much it takes.
/// </summary>
internal sealed class PictureRoom(IOptions<ExtractOptions> options)
{
    private const int ShareOfMemory = 4;

    private readonly long _all = options.Value.PicturesMemoryBytes > 0
        ? options.Value.PicturesMemoryBytes
        : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / ShareOfMemory;
    private readonly Lock _lock = new();
    private readonly LinkedList<(long Bytes, TaskCompletionSource Entered)> _waiting = new();
    private long _taken;

    /// <summary>The bytes that are taken.</summary>
    public long Taken
    {
        get
        {
            lock (_lock) return _taken;
        }
    }

    /// <summary>Waits for room; disposing gives it back.</summary>
    /// <param name="bytes">How much is needed at most.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IDisposable> TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var place = new LinkedListNode<(long, TaskCompletionSource)>((bytes, entered));
        lock (_lock)
        {
            _waiting.AddLast(place);
            Admit();
        }

        try
        {
            await entered.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (_lock)
            {
                if (place.List is null) Free(bytes);
                else Leave(place);
            }

            throw;
        }

        return new Taking(this, bytes);
    }

    private void Admit()
    {
        while (_waiting.First is { } first && (_taken == 0 || _taken + first.Value.Bytes <= _all))
        {
            _waiting.RemoveFirst();
            _taken += first.Value.Bytes;
            first.Value.Entered.SetResult();
        }
    }

    private void Leave(LinkedListNode<(long, TaskCompletionSource)> place)
    {
        _waiting.Remove(place);
        Admit();
    }

    private void Free(long bytes)
    {
        _taken -= bytes;
        Admit();
    }

    private sealed class Taking(PictureRoom room, long bytes) : IDisposable
    {
        private int _isFreed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isFreed, 1) != 0) return;
            lock (room._lock) room.Free(bytes);
        }
    }
}
