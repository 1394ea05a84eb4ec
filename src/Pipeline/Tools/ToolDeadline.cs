using System.ComponentModel;
using System.Diagnostics;

namespace Qwen35Batch.Pipeline.Tools;

/// <summary>
/// Ends a tool whose deadline is over on the clock and in its own processor time. One that got hardly any processor time is waited for a
/// few
/// deadlines more: the machine, and not the media, may be to blame.
/// </summary>
internal sealed class ToolDeadline(TimeSpan deadline, TimeProvider time) : IDisposable
{
    private const int MostDeadlines = 6;
    private readonly CancellationTokenSource _over = new();
    private readonly CancellationTokenSource _ended = new();

    /// <summary>Cancelled when the tool is to be ended.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Whether it was ended because of its own processor time.</summary>
    public bool WasBusy { get; private set; }

    /// <summary>Watches a process until the deadline is over or this is disposed.</summary>
    public async Task WatchAsync(int processId)
    {
        try
        {
            for (var passed = 1; ; passed++)
            {
                await Task.Delay(deadline, time, _ended.Token).ConfigureAwait(false);
                WasBusy = ProcessorTime(processId) >= deadline;
                if (!WasBusy && passed < MostDeadlines)
                    continue;
                await _over.CancelAsync().ConfigureAwait(false);
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The tool has ended.
        }
    }

    /// <summary>Stops watching.</summary>
    public void Stop() => _ended.Cancel();

    public void Dispose()
    {
        _over.Dispose();
        _ended.Dispose();
    }

    private static TimeSpan ProcessorTime(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.TotalProcessorTime;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return TimeSpan.Zero;
        }
    }
}
