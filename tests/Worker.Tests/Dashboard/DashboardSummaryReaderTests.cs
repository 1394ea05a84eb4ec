using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Dashboard;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Dashboard;

public sealed class DashboardSummaryReaderTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_ledger_that_takes_long_to_count_is_left_alone_for_ten_times_as_long()
    {
        await using var worker = await TestWorker.StartAsync();
        // Every look at this clock takes a second, and so does a reading at least.
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(1) };
        var reader = Reader(worker, time);

        Assert.Equal(0, await JobsAsync(reader));
        await worker.SubmitAsync(worker.Job("new.txt"));
        Assert.Equal(0, await JobsAsync(reader));

        time.AutoAdvanceAmount = TimeSpan.Zero;
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await JobsAsync(reader));
    }

    [Fact]
    public async Task A_ledger_that_is_counted_at_once_is_counted_for_every_page()
    {
        await using var worker = await TestWorker.StartAsync();
        var reader = Reader(worker, new FakeTimeProvider());

        Assert.Equal(0, await JobsAsync(reader));
        await worker.SubmitAsync(worker.Job("new.txt"));

        Assert.Equal(1, await JobsAsync(reader));
    }

    [Fact]
    public async Task A_ledger_that_takes_no_results_is_said_to()
    {
        await using var worker = await TestWorker.StartAsync();
        var reader = Reader(worker, new FakeTimeProvider());
        using var wait = worker.Server.Services.GetRequiredService<LedgerWatch>().Enter();

        wait.Failed(new("25006", "cannot execute INSERT in a read-only transaction", null));

        Assert.StartsWith(
            "The ledger cannot be used: 25006: cannot execute INSERT in a read-only transaction. Since ",
            (await reader.ReadAsync(Cancellation)).LedgerAway,
            StringComparison.Ordinal);
        wait.Answered();
        Assert.Null((await reader.ReadAsync(Cancellation)).LedgerAway);
    }

    private static DashboardSummaryReader Reader(TestWorker worker, FakeTimeProvider time) =>
        ActivatorUtilities.CreateInstance<DashboardSummaryReader>(worker.Server.Services, time);

    private static async Task<long> JobsAsync(DashboardSummaryReader reader) => (await reader.ReadAsync(Cancellation)).Jobs.Values.Sum();
}
