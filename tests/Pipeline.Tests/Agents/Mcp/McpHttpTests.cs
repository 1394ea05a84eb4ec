using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Agents.Mcp;
using Qwen35Batch.Pipeline.Agents.Tools;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Agents.Mcp;

public sealed class McpHttpTests
{
    [Fact]
    public async Task A_server_over_HTTP_gets_its_key_and_gives_results()
    {
        await using var stub = new McpHttpStub();
        await using var servers = Servers(stub);
        await servers.ConnectAsync(TestContext.Current.CancellationToken);

        var result = await Assert.Single(servers.Tools).CallAsync("{}");

        Assert.Equal("from HTTP", result.Text);
        Assert.All(stub.Keys, key => Assert.Equal("Bearer its-own-key", key));
    }

    [Fact]
    public async Task A_huge_answer_over_HTTP_is_a_sentence()
    {
        await using var stub = new McpHttpStub();
        await using var servers = Servers(stub);
        await servers.ConnectAsync(TestContext.Current.CancellationToken);
        stub.Result = new('x', 2_000_000);

        var failed = await servers.Tools[0].FailsAsync("{}");

        Assert.StartsWith("The MCP server 'web' ", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("xxx", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirection_is_not_followed()
    {
        await using var elsewhere = new LoopbackServer();
        await using var stub = new McpHttpStub { Redirection = elsewhere.Address };
        await using var servers = Servers(stub);

        await Assert.ThrowsAsync<ToolFailedException>(() => servers.ConnectAsync(TestContext.Current.CancellationToken));

        Assert.Equal(0, elsewhere.Hits);
    }

    private static McpServers Servers(McpHttpStub stub) => new(
        Options.Create(new McpOptions
        {
            Mcp =
            {
                ["web"] = new()
                {
                    Url = stub.Address,
                    ApiKey = "its-own-key",
                    MaxMessageBytes = 1_000_000,
                    Timeout = TimeSpan.FromMinutes(1),
                    Tools = { ["echo"] = new() },
                },
            },
        }),
        TimeProvider.System);
}
