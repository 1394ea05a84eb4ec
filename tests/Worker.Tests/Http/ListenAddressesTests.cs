using System.Net;
using System.Net.Sockets;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Http;

namespace Qwen35Batch.Worker.Tests.Http;

public sealed class ListenAddressesTests
{
    [Theory]
    [InlineData("nonsense")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("127.0.0.1:5080")]
    public void What_is_no_address_is_said_in_one_sentence(string urls)
    {
        var wrong = Assert.Throws<CommandException>(() => ListenAddresses.Check(new() { Urls = $"http://127.0.0.1:0;{urls}" }));

        Assert.Equal($"--urls takes addresses such as http://127.0.0.1:5080; '{urls}' is none.", wrong.Message);
    }

    [Fact]
    public void An_address_that_another_program_has_is_named_before_anything_starts()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var urls = $"http://{other.LocalEndpoint}";

        var taken = Assert.Throws<CommandException>(() => ListenAddresses.Check(new() { Urls = urls }));

        Assert.StartsWith($"'{urls}' cannot be listened on: ", taken.Message, StringComparison.Ordinal);
        other.Stop();
        ListenAddresses.Check(new() { Urls = urls });
    }

    [Fact]
    public void An_address_of_another_machine_is_named() =>
        Assert.Contains(
            "'http://192.0.2.7:5080' cannot be listened on: ",
            Assert.Throws<CommandException>(() => ListenAddresses.Check(new() { Urls = "http://192.0.2.7:5080" })).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("http://localhost:0")]
    [InlineData("http://*:0;http://[::1]:0")]
    public void Any_free_port_is_as_good(string urls) => ListenAddresses.Check(new() { Urls = urls });
}
