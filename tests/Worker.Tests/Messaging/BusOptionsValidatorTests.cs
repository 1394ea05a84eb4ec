using Qwen35Batch.Worker.Messaging;

namespace Qwen35Batch.Worker.Tests.Messaging;

public sealed class BusOptionsValidatorTests
{
    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Guest_may_use_a_broker_on_this_machine(string host)
    {
        Assert.True(Validate(new() { Transport = BusTransport.RabbitMq, Host = host }).Succeeded);
    }

    [Fact]
    public void Guest_may_not_use_a_broker_elsewhere()
    {
        var failure = Assert.Single(Validate(new() { Transport = BusTransport.RabbitMq, Host = "rabbitmq", Username = "Guest" }).Failures!);

        Assert.Equal(
            "Bus:Username is 'guest' and Bus:Host is 'rabbitmq': guest is accepted for a broker on this machine only. Make a user for this "
                + "worker.",
            failure);
    }

    [Fact]
    public void A_password_file_must_be_there()
    {
        var failure = Assert.Single(Validate(new() { Transport = BusTransport.RabbitMq, PasswordFile = "/nowhere/password" }).Failures!);

        Assert.Equal("Bus:PasswordFile names '/nowhere/password', which does not exist.", failure);
    }

    [Fact]
    public void The_bus_in_memory_needs_none_of_it()
    {
        Assert.True(Validate(new() { Host = "rabbitmq", PasswordFile = "/nowhere/password" }).Succeeded);
    }

    private static Microsoft.Extensions.Options.ValidateOptionsResult Validate(BusOptions options) =>
        new BusOptionsValidator().Validate(null, options);
}
