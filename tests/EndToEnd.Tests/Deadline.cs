using Qwen35Batch.TestServers;

namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>Waits for a sign that something has happened; the limit is only for what never happens.</summary>
internal static class Deadline
{
    private static readonly TimeSpan Patience = Hang.Limit;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks again until it is so.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo, Func<string> whatIs)
    {
        await UntilAsync<object>(async () => await isSo() ? new() : null, whatIs);
    }

    /// <summary>Asks again until there is an answer.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T?>> ask, Func<string> whatIs)
        where T : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        using var timer = new PeriodicTimer(Pause);
        while (true)
        {
            if (await ask() is { } answer) return answer;
            try
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail(whatIs());
            }
        }
    }
}
