using System.Collections.Concurrent;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.TestServers;

namespace Qwen35Batch.Pipeline.Tests.Acquire;

/// <summary>Threads that wait for the disk together.</summary>
public sealed class DiskThreadsTests
{
    [Fact]
    public void As_many_calls_as_there_are_threads_wait_at_once()
    {
        using var all = new Barrier(DiskThreads.Most);

        var met = 0;
        new DiskThreads().ForEach(DiskThreads.Most, _ =>
        {
            if (all.SignalAndWait(Hang.Limit, TestContext.Current.CancellationToken)) Interlocked.Increment(ref met);
        });

        Assert.Equal(DiskThreads.Most, met);
    }

    [Fact]
    public void Each_number_is_called_once_however_many_there_are_and_again_the_next_time()
    {
        var threads = new DiskThreads();
        foreach (var count in new[] { 0, 1, 5, 100 })
        {
            var called = new ConcurrentBag<int>();
            threads.ForEach(count, called.Add);
            Assert.Equal(Enumerable.Range(0, count), called.Order());
        }
    }

    [Fact]
    public void A_call_that_throws_is_told_and_keeps_no_other()
    {
        var called = new ConcurrentBag<int>();

        var problem = Assert.Throws<AggregateException>(() => new DiskThreads().ForEach(20, index =>
        {
            called.Add(index);
            if (index % 10 == 3) throw new InvalidOperationException($"{index}");
        }));

        Assert.Equal(["13", "3"], problem.InnerExceptions.Select(inner => inner.Message).Order(StringComparer.Ordinal));
        Assert.Equal(20, called.Count);
    }
}
