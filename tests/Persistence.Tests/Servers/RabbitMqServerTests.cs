using Qwen35Batch.TestServers;

namespace Qwen35Batch.Persistence.Tests.Servers;

public sealed class RabbitMqServerTests
{
    [Fact]
    public async Task Every_virtual_host_is_another_one_or_has_another_prefix()
    {
        var server = await RabbitMqServer.SharedAsync();
        Assert.SkipWhen(server.SkipReason is not null, server.SkipReason ?? "");

        var first = server.NewVirtualHost();
        var second = server.NewVirtualHost();

        Assert.NotEqual(first, second);
        Assert.NotEqual(first.QueuePrefix, second.QueuePrefix);
    }

    [Fact]
    public async Task The_broker_can_be_asked_for_its_virtual_hosts()
    {
        var server = await RabbitMqServer.SharedAsync();
        Assert.SkipWhen(server.ControlSkipReason is not null, server.ControlSkipReason ?? "");

        await server.ControlAsync(["list_queues", "--vhost", server.NewVirtualHost().VirtualHost], TestContext.Current.CancellationToken);
    }
}
