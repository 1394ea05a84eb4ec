using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence;
using Qwen35Batch.Worker.Hosting;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Messaging;

public sealed class NoEventPublisherTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qwen35batch-events-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("RabbitMq", 2)]
    [InlineData("InMemory", 0)]
    public async Task A_command_leaves_events_for_a_broker_to_a_worker_that_is_connected_to_it(string transport, long unsent)
    {
        await using (var server = await TestWorker.StartAsync(
            _folder, null, null, ("Bus:Transport", "RabbitMq"), ("Bus:Host", "127.0.0.1"), ("Bus:Port", "9")))
        {
            var job = await server.SubmitAsync(server.Job("stored.txt"));
            Assert.Equal(JobState.Completed, (await server.WaitForEndAsync(job)).State);
        }

        using var command = WorkerComposition.BuildEmbedded(TestWorker.Settings(_folder, ("Bus:Transport", transport)));
        await command.StartAsync(Cancellation);
        await command.StopAsync(Cancellation);

        var counts = await command.Services.GetRequiredService<Ledger>().Reading.CountsAsync(TimeSpan.FromMinutes(1), Cancellation);
        Assert.Equal(unsent, counts.UnsentEvents);
    }
}
