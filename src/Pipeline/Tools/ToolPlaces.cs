using Microsoft.Extensions.Options;

namespace Qwen35Batch.Pipeline.Tools;

/// <summary>How many tools may run at once, so that the sum of their memory is bounded.</summary>
internal sealed class ToolPlaces(IOptions<ToolOptions> options) : IDisposable
{
    private const double ShareOfMemory = 0.75;

    private readonly SemaphoreSlim _free = new(Count(options.Value, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes));
    private readonly SemaphoreSlim _lendable = new(Count(options.Value, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) - 1);

    /// <summary>The number of places.</summary>
    /// <param name="options">What one tool, and all together, may use.</param>
    /// <param name="memoryBytes">The memory of this machine or container.</param>
    public static int Count(ToolOptions options, long memoryBytes)
    {
        var all = options.ToolsMemoryBytes > 0 ? options.ToolsMemoryBytes : (long)(memoryBytes * ShareOfMemory);
        return (int)Math.Clamp(all / options.ToolMemoryBytes, 1, 1024);
    }

    /// <summary>Waits for a place; disposing gives it back.</summary>
    public async Task<IDisposable> TakeAsync(CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Place(_free);
    }

    /// <summary>
    /// Allows one more tool that waits for others: those may take all places but one, so that what they wait for comes to its end.
    /// </summary>
    /// <returns>Disposing gives it back; null when there are enough.</returns>
    public IDisposable? TryLend() => _lendable.Wait(0) ? new Place(_lendable) : null;

    public void Dispose()
    {
        _free.Dispose();
        _lendable.Dispose();
    }

    private sealed class Place(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free.Release();
    }
}
