using System.Net;
using Qwen35Batch.Worker.Http;

namespace Qwen35Batch.Worker.Tests.Http;

/// <summary>Which names a worker answers to.</summary>
public sealed class HostNamesTests
{
    private static readonly HostNames Names = new(new() { Hosts = ["Batch.example.org", "*.internal.example"] });

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("[::1]", true)]
    [InlineData("batch.example.org", true)]
    [InlineData("a.internal.example", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("10.1.2.4", false)]
    [InlineData("internal.example", false)]
    [InlineData("evilinternal.example", false)]
    [InlineData("batch.example.org.evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("0.0.0.0", false)]
    public void Its_own_names_and_the_address_that_was_reached_are_answered(string host, bool answers) =>
        Assert.Equal(answers, Names.Answers(host, IPAddress.Parse("::ffff:10.1.2.3")));

    [Theory]
    [InlineData("http://batch.example.org")]
    [InlineData("batch.example.org:5080")]
    [InlineData("*")]
    [InlineData("")]
    public void What_is_no_name_stops_the_start(string host)
    {
        var result = new HttpOptionsValidator().Validate(null, new() { Hosts = [host] });

        Assert.Contains($"Http:Hosts has '{host}'", result.FailureMessage, StringComparison.Ordinal);
    }
}
