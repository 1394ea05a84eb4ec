using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Agents.Mcp;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Tests.Agents.Mcp;

public sealed class McpServersTests : IDisposable
{
    private readonly McpStub _stub = new();

    public void Dispose() => _stub.Dispose();

    [Fact]
    public async Task Only_tools_that_are_named_are_there_and_nothing_that_the_server_says_of_them_is_believed()
    {
        var options = _stub.Options("echo");
        options.Tools["echo"].Description = "Repeats a text.";
        await using var servers = await ConnectedAsync(options);

        var tool = Assert.Single(servers.Tools);

        Assert.Equal(("stub_echo", "Repeats a text."), (tool.Name, tool.Description));
        Assert.Equal((ToolEffect.External, ResultTrust.Untrusted), (tool.Effect, tool.Trust));
        Assert.Equal(
            """{"type":"object","properties":{"text":{"type":"string","maxLength":200}},"required":["text"]}""", tool.Schema.GetRawText());
    }

    [Fact]
    public async Task A_result_is_its_text_with_the_addresses_in_it()
    {
        await using var servers = await ConnectedAsync(_stub.Options("echo"));

        var result = await servers.Tools[0].CallAsync("""{"text":"hello"}""");

        Assert.Equal("you said hello, see https://example.org/seen", result.Text);
        Assert.Equal("https://example.org/seen", Assert.Single(result.Addresses).Address.AbsoluteUri);
        Assert.Equal(result.Text.Length, result.Bytes);
    }

    [Fact]
    public async Task The_server_gets_nothing_of_the_workers_environment()
    {
        Environment.SetEnvironmentVariable("QWEN35BATCH_TEST_SECRET", "x");
        await using var servers = await ConnectedAsync(_stub.Options("secret.env"));

        var result = await servers.Tools[0].CallAsync("{}");

        Assert.Equal("stub_secret_env", servers.Tools[0].Name);
        Assert.Contains("PIDS", result.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("QWEN35BATCH_TEST_SECRET", result.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("die", "ended, or sent what is no answer; the next call starts it anew.")]
    [InlineData("huge", "sent more than 1,000,000 bytes at once; the next call starts it anew.")]
    [InlineData("hang", "did not answer within 2 seconds; the next call starts it anew.")]
    [InlineData("nonsense", "did not answer within 2 seconds; the next call starts it anew.")]
    public async Task A_server_that_misbehaves_is_a_sentence_and_works_again_at_the_next_call(string tool, string sentence)
    {
        var options = _stub.Options(tool, "echo");
        if (sentence.Contains("2 seconds", StringComparison.Ordinal)) options.Timeout = TimeSpan.FromSeconds(2);
        await using var servers = await ConnectedAsync(options, patient: true);

        var failed = await servers.Tools.Single(each => each.Name == $"stub_{tool}").FailsAsync("{}");
        var first = _stub.Started[0];
        var result = await PatientAsync(() => servers.Tools.Single(each => each.Name == "stub_echo").CallAsync("""{"text":"again"}"""));

        Assert.Equal($"The MCP server 'stub' {sentence}", failed.Message);
        Assert.StartsWith("you said again", result.Text, StringComparison.Ordinal);
        Assert.False(IsRunning(first), "The server that misbehaved is still running.");
    }

    [Fact]
    public async Task An_error_of_the_tool_is_told_in_our_words()
    {
        await using var servers = await ConnectedAsync(_stub.Options("fail"));

        Assert.Equal("The tool 'stub_fail' says that it failed.", (await servers.Tools[0].FailsAsync("{}")).Message);
    }

    [Fact]
    public async Task A_tool_that_the_server_does_not_have_or_a_program_that_is_not_there_is_named()
    {
        var missing = await Assert.ThrowsAsync<ToolFailedException>(() => ConnectedAsync(_stub.Options("ecco")));
        var none = await Assert.ThrowsAsync<ToolFailedException>(
            () => ConnectedAsync(new() { Command = "/no/such/program", Tools = { ["a"] = new() }, Timeout = TimeSpan.FromMinutes(1) }));

        Assert.Contains(
            "has no tool 'ecco', which Agent:Mcp:stub:Tools names. It has: delete_all, die, echo",
            missing.Message,
            StringComparison.Ordinal);
        Assert.Contains("'stub'", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Servers_end_with_the_worker()
    {
        var servers = await ConnectedAsync(_stub.Options("echo"));
        var process = Assert.Single(_stub.Started);
        Assert.True(IsRunning(process));

        await servers.DisposeAsync();

        Assert.False(IsRunning(process));
    }

    [Fact]
    public void Wrong_settings_are_named()
    {
        var options = new McpOptions();
        options.Mcp["Up"] = new() { Command = "a", Url = new("ftp://b") };
        options.Mcp["ok"] = new() { Url = new("https://mcp.example"), Tools = { ["read file"] = new() } };

        var problems = string.Join('\n', new McpOptionsValidator().Validate(null, options).Failures!);

        Assert.Contains("Agent:Mcp:Up: a server's name", problems, StringComparison.Ordinal);
        Assert.Contains("Agent:Mcp:Up takes either Command", problems, StringComparison.Ordinal);
        Assert.Contains("Agent:Mcp:Up:Url must be", problems, StringComparison.Ordinal);
        Assert.Contains("Agent:Mcp:ok:Tools:read file", problems, StringComparison.Ordinal);
    }

    // On a busy machine a start alone can take longer than the time-out that a test of a hanging server wants.
    private static async Task<T> PatientAsync<T>(Func<Task<T>> call)
    {
        for (var tried = 1; ; tried++)
        {
            try
            {
                return await call();
            }
            catch (ToolFailedException late) when (tried < 20 && late.Message.Contains("did not answer within", StringComparison.Ordinal))
            {
            }
        }
    }

    private static Task<McpServers> ConnectedAsync(McpServerOptions options, bool patient = false) => patient
        ? PatientAsync(() => ConnectOnceAsync(options))
        : ConnectOnceAsync(options);

    private static async Task<McpServers> ConnectOnceAsync(McpServerOptions options)
    {
        var servers = new McpServers(Options.Create(new McpOptions { Mcp = { ["stub"] = options } }), TimeProvider.System);
        try
        {
            await servers.ConnectAsync(TestContext.Current.CancellationToken);
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    // One that was killed may still be in the list until its parent has heard of it.
    private static bool IsRunning(int process) =>
        File.Exists($"/proc/{process}/stat") && File.ReadAllText($"/proc/{process}/stat").Split(' ')[2] != "Z";
}
