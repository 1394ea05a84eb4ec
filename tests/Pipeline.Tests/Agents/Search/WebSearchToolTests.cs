using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Agents.Search;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Tests.Agents.Search;

public sealed class WebSearchToolTests
{
    private const string Results = """
        {"query":"q","results":[
          {"url":"http://127.0.0.1:18081/page1","title":"Page\u202e one","content":"Snippet\nof text"},
          {"url":"http://127.0.0.1:18081/page1","title":"Twice","content":"left out"},
          {"url":"javascript:alert(1)","title":"No page","content":""},
          {"url":"http://user:word@example.org/","title":"A name","content":""},
          {"title":"no address"}, 7,
          {"url":"https://example.org/b","title":null,"content":12}],"answers":[]}
        """;

    [Fact]
    public async Task It_asks_for_JSON_and_lists_addresses_that_may_be_read()
    {
        await using var stub = new SearchStub(Results);
        using var tool = Tool(stub.Address);

        var result = await tool.CallAsync("""{"query":"delta & rule","count":5}""");

        Assert.Equal("/search?q=delta%20%26%20rule&format=json&language=ja&pageno=1", Assert.Single(stub.Asked));
        Assert.Equal(
            "2 results:\n\n1. Page one\nhttp://127.0.0.1:18081/page1\nSnippet of text\n\n2. \nhttps://example.org/b\n", result.Text);
        Assert.Equal(
            ["http://127.0.0.1:18081/page1", "https://example.org/b"],
            result.Addresses.Select(seen => seen.Address.AbsoluteUri));
        Assert.Equal(Results.Length, result.Bytes, tolerance: 50);
        Assert.Equal((ToolEffect.Read, ResultTrust.Untrusted), (tool.Effect, tool.Trust));
    }

    [Fact]
    public async Task At_most_as_many_as_asked_for_and_each_of_bounded_length()
    {
        var results = string.Join(
            ',',
            Enumerable.Range(0, 40).Select(n => $$"""{"url":"https://e.org/{{n}}","title":"t","content":"{{new string('x', 9000)}}"}"""));
        await using var stub = new SearchStub($$"""{"results":[{{results}}]}""");
        using var tool = Tool(stub.Address);

        var result = await tool.CallAsync("""{"query":"q","count":3}""");
        var most = await tool.CallAsync("""{"query":"q","count":99}""");

        Assert.Equal(3, result.Addresses.Count);
        Assert.Equal(10, most.Addresses.Count);
        Assert.InRange(most.Text.Length, 20_000, 22_000);
    }

    [Theory]
    [InlineData(403, "{}", "the SearXNG server has json switched off: add `json` to `search.formats`")]
    [InlineData(500, "secret words", "The SearXNG server answered with status 500.")]
    [InlineData(429, "", "The SearXNG server asks for fewer requests (status 429): try again later.")]
    [InlineData(302, "", "The SearXNG server sends its visitors to another address, which is not followed: name the final one in the "
        + "settings.")]
    [InlineData(200, "<html>", "The SearXNG server did not answer with JSON: check that Agent:SearchUrl names one.")]
    [InlineData(200, "[]", "The SearXNG server answered without results: check that Agent:SearchUrl names one.")]
    public async Task What_goes_wrong_is_a_sentence_without_the_servers_words(int status, string body, string sentence)
    {
        await using var stub = new SearchStub(body, status, "Location: http://127.0.0.1:1/elsewhere\r\n");
        using var tool = Tool(stub.Address);

        Assert.Equal(sentence, (await tool.FailsAsync("""{"query":"q"}""")).Message);
        Assert.Single(stub.Asked);
    }

    [Fact]
    public async Task An_answer_without_end_is_not_read()
    {
        await using var stub = new SearchStub(new string(' ', 5 * 1024 * 1024));
        using var tool = Tool(stub.Address);

        Assert.Contains("more than 4,194,304 bytes", (await tool.FailsAsync("""{"query":"q"}""")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_server_or_a_query_there_is_no_search()
    {
        using var none = Tool(null);
        using var gone = Tool(new("http://127.0.0.1:1"));

        Assert.Contains("Agent:SearchUrl", (await none.FailsAsync("""{"query":"q"}""")).Message, StringComparison.Ordinal);
        Assert.Contains("'query'", (await gone.FailsAsync("""{"query":" "}""")).Message, StringComparison.Ordinal);
        Assert.Equal("The SearXNG server cannot be reached now.", (await gone.FailsAsync("""{"query":"q"}""")).Message);
    }

    private static WebSearchTool Tool(Uri? address) =>
        new(Options.Create(new AgentToolOptions { SearchUrl = address, SearchTimeout = TimeSpan.FromMinutes(2) }), TimeProvider.System);
}
