using Qwen35Batch.Contracts;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Processes;

/// <summary>Documents are read in a process of its own, whose memory is limited.</summary>
public sealed class ReaderLimitTests
{
    [Fact]
    public async Task A_document_that_takes_more_memory_than_its_reader_may_have_is_too_large_and_the_worker_goes_on()
    {
        await using var worker = await TestWorker.StartAsync(("Extract:ReaderMemoryBytes", $"{64L << 20}"));
        // As bytes and as characters it takes half as much again as its reader has.
        var large = worker.AddText("large.txt", string.Concat(Enumerable.Repeat("Many words, so many of them. ", 550_000)));

        var refused = await worker.WaitForEndAsync(
            await worker.SubmitAsync(new() { JobId = Guid.CreateVersion7(), Source = large, Task = "describe" }));
        var next = await worker.WaitForEndAsync(await worker.SubmitAsync(worker.Job("small.txt")));

        Assert.Equal((JobState.Rejected, RejectionReason.TooLarge), (refused.State, refused.Reason));
        Assert.Contains("takes more than 64 MiB of memory to read", refused.Detail, StringComparison.Ordinal);
        Assert.Contains("Extract:ReaderMemoryBytes", refused.Detail, StringComparison.Ordinal);
        Assert.Equal(JobState.Completed, next.State);
    }
}
