using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Messaging;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Messaging;

public sealed class SubmitGateTests
{
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Without_a_message_stored_in_between_each_closing_lasts_twice_as_long_as_the_one_before()
    {
        await using var worker = await TestWorker.StartAsync();
        var time = new HastyTime();
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        var gate = new SubmitGate(
            new LedgerWatch(time, NullLogger<LedgerWatch>.Instance),
            worker.Server.Services.GetRequiredService<LedgerProbe>(),
            Options.Create(new BusOptions { OutageHold = Hold }),
            lifetime,
            time,
            NullLogger<SubmitGate>.Instance);
        using var opened = new Opened(gate);
        var bus = Bus.Factory.CreateUsingInMemory(configure => configure.ReceiveEndpoint("jobs", endpoint =>
            endpoint.ConnectReceiveEndpointObserver(opened)));
        await bus.StartAsync(TestContext.Current.CancellationToken);
        try
        {
            await opened.NextAsync();
            for (var closing = 0; closing < 4; closing++) await CloseAsync();
            Assert.Equal([Hold, 2 * Hold, 4 * Hold], time.Waited);

            gate.Stored();
            await CloseAsync();
            Assert.Equal(3, time.Waited.Count);
        }
        finally
        {
            lifetime.StopApplication();
            await bus.StopAsync(TestContext.Current.CancellationToken);
        }

        async Task CloseAsync()
        {
            gate.Close(null);
            await opened.NextAsync();
        }
    }

    /// <summary>Every wait is over at once, and is noted.</summary>
    private sealed class HastyTime : TimeProvider
    {
        public List<TimeSpan> Waited { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waited.Add(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private sealed class Opened(SubmitGate gate) : IReceiveEndpointObserver, IDisposable
    {
        private readonly SemaphoreSlim _times = new(0);

        public Task NextAsync() => _times.WaitAsync(TestContext.Current.CancellationToken).WaitAsync(Hang.Limit);

        public async Task Ready(ReceiveEndpointReady ready)
        {
            await gate.Ready(ready);
            _times.Release();
        }

        public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

        public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

        public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;

        public void Dispose() => _times.Dispose();
    }
}
