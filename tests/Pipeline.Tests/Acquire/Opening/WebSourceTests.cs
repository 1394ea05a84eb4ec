using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Tests.Acquire.Opening;

public sealed class WebSourceTests
{
    private static MediaRig Trusting(Action<AcquireOptions>? configure = null) => new(options =>
    {
        options.AllowHttp = true;
        options.PrivateHosts = ["127.0.0.1"];
        configure?.Invoke(options);
    });

    private static LoopbackServer Answering(string response) =>
        new((_, stream, token) => LoopbackServer.WriteAsync(stream, response, token));

    [Fact]
    public async Task A_listed_private_host_is_fetched_and_secrets_in_the_address_are_not_shown()
    {
        using var rig = Trusting();
        await using var server = Answering("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n# Title");

        var stored = await rig.AcquireAsync($"{server.Address}/notes.md?signature=secret");

        Assert.Equal("text/markdown", stored.MediaType);
        Assert.Equal($"{server.Address}/notes.md", stored.Source);
    }

    [Theory]
    [InlineData("https://127.0.0.1/a.png")]
    [InlineData("https://localhost/a.png")]
    [InlineData("https://[::1]/a.png")]
    [InlineData("https://[::ffff:127.0.0.1]/a.png")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://2130706433/a.png")]
    [InlineData("http://example.com/a.png")]
    [InlineData("https://user:password@example.com/a.png")]
    [InlineData("https://example.com:8443/a.png")]
    public async Task Private_addresses_other_ports_and_plain_http_are_forbidden_by_default(string source)
    {
        using var rig = new MediaRig();

        var exception = await rig.RejectsAsync(source);

        Assert.Equal(RejectionReason.SourceForbidden, exception.Reason);
        Assert.DoesNotContain("password", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_is_not_listed_is_forbidden_when_there_is_a_list()
    {
        using var rig = new MediaRig(options => options.AllowedHosts = ["media.example.com"]);

        Assert.Contains("Acquire:AllowedHosts", (await rig.RejectsAsync("https://example.org/a.png")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_to_a_private_address_is_not_followed()
    {
        using var rig = Trusting();
        await using var canary = new LoopbackServer();
        await using var server = Answering(
            $"HTTP/1.1 302 Found\r\nLocation: http://localhost:{canary.Port}/metadata\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal(RejectionReason.SourceForbidden, (await rig.RejectsAsync($"{server.Address}/a.png")).Reason);
        Assert.Equal(0, canary.Hits);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public async Task At_most_three_redirects_are_followed(int redirects, bool isFetched)
    {
        using var rig = Trusting();
        await using var server = new LoopbackServer((path, stream, token) => LoopbackServer.WriteAsync(
            stream,
            path == $"/{redirects}"
                ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nwords"
                : $"HTTP/1.1 302 Found\r\nLocation: /{(path.Length > 1 ? path[1] - '0' : 0) + 1}\r\nContent-Length: 0\r\nConnection: "
                    + $"close\r\n\r\n",
            token));

        if (isFetched)
            Assert.Equal(5, (await rig.AcquireAsync($"{server.Address}/0")).LengthBytes);
        else
            Assert.Equal(RejectionReason.SourceForbidden, (await rig.RejectsAsync($"{server.Address}/0")).Reason);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(410)]
    public async Task What_is_not_there_is_rejected(int status)
    {
        using var rig = Trusting();
        await using var server = Answering($"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal(RejectionReason.SourceNotFound, (await rig.RejectsAsync($"{server.Address}/a.png")).Reason);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task What_may_be_there_later_is_deferred_for_as_long_as_the_server_says(int status)
    {
        using var rig = Trusting();
        await using var server = Answering($"HTTP/1.1 {status} Later\r\nRetry-After: 17\r\nContent-Length: 0\r\n\r\n");

        var exception = await Assert.ThrowsAsync<ResourceUnavailableException>(() => rig.AcquireAsync($"{server.Address}/a.png"));

        Assert.Equal(TimeSpan.FromSeconds(17), exception.Delay);
    }

    [Fact]
    public async Task An_endless_body_is_stopped_at_the_limit()
    {
        using var rig = Trusting(options => options.MaxBytes = 100_000);
        await using var server = new LoopbackServer(async (_, stream, token) =>
        {
            await LoopbackServer.WriteAsync(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", token);
            while (true)
                await LoopbackServer.WriteAsync(stream, new string('x', 10_000), token);
        });

        Assert.Equal(RejectionReason.TooLarge, (await rig.RejectsAsync($"{server.Address}/a.txt")).Reason);
        Assert.Empty(rig.StoredFiles);
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_deferred_and_never_taken_as_whole()
    {
        using var rig = Trusting();
        await using var server = Answering("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\nonly this");

        await Assert.ThrowsAsync<ResourceUnavailableException>(() => rig.AcquireAsync($"{server.Address}/a.txt"));
        Assert.Empty(rig.StoredFiles);
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_given_up()
    {
        using var rig = Trusting(options => options.StallTimeout = TimeSpan.FromMilliseconds(100));
        await using var server = new LoopbackServer(async (_, stream, token) =>
        {
            await LoopbackServer.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nstart", token);
            await Task.Delay(Timeout.Infinite, token);
        });

        var exception = await Assert.ThrowsAsync<ResourceUnavailableException>(() => rig.AcquireAsync($"{server.Address}/a.txt"));

        Assert.Contains("Acquire:StallTimeout", exception.Message, StringComparison.Ordinal);
        Assert.Empty(rig.StoredFiles);
    }

    [Fact]
    public async Task A_server_that_is_away_defers()
    {
        using var rig = Trusting();
        var server = new LoopbackServer();
        var address = server.Address;
        await server.DisposeAsync();

        await Assert.ThrowsAsync<ResourceUnavailableException>(() => rig.AcquireAsync($"{address}/a.txt"));
    }
}
