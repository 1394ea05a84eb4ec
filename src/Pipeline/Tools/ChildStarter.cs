using System.Collections.Concurrent;

namespace Qwen35Batch.Pipeline.Tools;

/// <summary>
/// Starts child processes on one thread that lives as long as this process. A child with a parent-death signal gets it when
/// the <em>thread</em> that started it ends, and threads of the pool end when there is little to do.
/// </summary>
internal static class ChildStarter
{
    private static readonly BlockingCollection<Action> Starts = [];

    static ChildStarter() => new Thread(Run) { IsBackground = true, Name = "Child starter" }.Start();

    /// <summary>Runs an action on the thread.</summary>
    public static Task<T> RunAsync<T>(Func<T> start)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Starts.Add(() =>
        {
            try
            {
                done.SetResult(start());
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        return done.Task;
    }

    private static void Run()
    {
        foreach (var start in Starts.GetConsumingEnumerable())
            start();
    }
}
