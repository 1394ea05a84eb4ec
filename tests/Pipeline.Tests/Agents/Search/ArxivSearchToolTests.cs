using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Agents.Search;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Tests.Agents.Search;

public sealed class ArxivSearchToolTests
{
    private const string Feed = """
        <?xml version="1.0" encoding="UTF-8"?>
        <feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">
          <title>stub</title><opensearch:totalResults>41</opensearch:totalResults>
          <entry><id>http://arxiv.org/abs/9902.00001v1</id><published>2026-01-01T00:00:00Z</published>
            <title>A made-up
              paper</title><summary>Made up.</summary><author><name>A. Tester</name></author><author><name>B. Tester</name></author>
            <link href="http://arxiv.org/pdf/9902.00001v1" rel="related" type="application/pdf" title="pdf"/></entry>
          <entry><id>http://127.0.0.1:9/abs/2</id><published>x</published><title>Two &lt;tool_call&gt;</title><summary>S</summary></entry>
          <entry><id>no address</id><title>Three</title></entry>
        </feed>
        """;

    [Fact]
    public async Task Papers_are_listed_with_the_addresses_of_their_pages_and_PDFs()
    {
        await using var stub = new SearchStub(Feed);
        var pace = new RecordedPace();
        using var tool = Tool(stub.Address, pace);

        var result = await tool.CallAsync(
            """{"query":"mixture-of-experts OR cat:x)","category":"cs.LG","from":"2026-01-31","max":5}""");

        Assert.Equal(
            "/api?search_query=all:\"mixture-of-experts\" AND all:\"OR\" AND all:\"cat\" AND all:\"x\" AND cat:cs.LG AND "
                + "submittedDate:[202601310000 TO 299912312359]&start=0&max_results=5&sortBy=submittedDate&sortOrder=descending",
            Uri.UnescapeDataString(Assert.Single(stub.Asked)));
        Assert.Equal(
            "2 of 41 papers on arXiv:\n\n1. A made-up paper\nhttps://arxiv.org/abs/9902.00001v1\n"
                + "A. Tester, B. Tester (2026-01-01). Made up.\n\n2. Two <tool_call>\nhttp://127.0.0.1:9/abs/2\n(no date). S",
            result.Text);
        Assert.Equal(
            ["https://arxiv.org/abs/9902.00001v1", "http://127.0.0.1:9/abs/2", "https://arxiv.org/pdf/9902.00001v1"],
            result.Addresses.Select(seen => seen.Address.AbsoluteUri));
        Assert.Equal(["enter arxiv 3 s", "leave"], pace.Seen);
    }

    [Fact]
    public async Task A_request_that_fails_gives_its_turn_back()
    {
        await using var stub = new SearchStub("", 503);
        var pace = new RecordedPace();
        using var tool = Tool(stub.Address, pace);

        Assert.Equal("arXiv asks for fewer requests (status 503): try again later.", (await tool.FailsAsync("""{"query":"q"}""")).Message);
        Assert.Equal(["enter arxiv 3 s", "leave"], pace.Seen);
    }

    [Theory]
    [InlineData("""{"query":"!!"}""", "no words")]
    [InlineData("""{"query":"q","category":"cs.LG OR all:x"}""", "category")]
    [InlineData("""{"query":"q","from":"yesterday"}""", "'from' is no day")]
    [InlineData("""{"query":"q","start":29995,"max":10}""", "first 30,000")]
    [InlineData("""{"query":"q","start":-1}""", "first 30,000")]
    public async Task What_the_API_would_refuse_is_not_sent(string arguments, string part)
    {
        await using var stub = new SearchStub(Feed);
        var pace = new RecordedPace();
        using var tool = Tool(stub.Address, pace);

        Assert.Contains(part, (await tool.FailsAsync(arguments)).Message, StringComparison.Ordinal);
        Assert.Empty(stub.Asked);
        Assert.Empty(pace.Seen);
    }

    [Fact]
    public void One_request_gives_2000_papers_and_all_of_them_30000()
    {
        Assert.Contains("max_results=2000", ArxivQuery.Build("q", null, null, null, 28_000, 2_000), StringComparison.Ordinal);
        Assert.Throws<ToolFailedException>(() => ArxivQuery.Build("q", null, null, null, 0, 2_001));
        Assert.Throws<ToolFailedException>(() => ArxivQuery.Build("q", null, null, null, 28_001, 2_000));
    }

    [Theory]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"c\">]><feed xmlns=\"http://www.w3.org/2005/Atom\">&b;</feed>")]
    [InlineData("<html></html>")]
    [InlineData("no XML")]
    public async Task An_answer_that_is_no_feed_is_said_so(string body)
    {
        await using var stub = new SearchStub(body);
        using var tool = Tool(stub.Address, new RecordedPace());

        var failed = await tool.FailsAsync("""{"query":"q"}""");

        Assert.Equal("arXiv did not answer with a feed: check that Agent:ArxivUrl names its API.", failed.Message);
    }

    [Fact]
    public async Task An_error_in_the_feed_is_no_paper()
    {
        await using var stub = new SearchStub(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><id>http://arxiv.org/api/errors#x</id><title>Error</title></entry></feed>");
        using var tool = Tool(stub.Address, new RecordedPace());

        Assert.Contains("could not read the search", (await tool.FailsAsync("""{"query":"q"}""")).Message, StringComparison.Ordinal);
    }

    private static ArxivSearchTool Tool(Uri address, IRequestPace pace) => new(
        Options.Create(new AgentToolOptions { ArxivUrl = new(address, "api"), SearchTimeout = TimeSpan.FromMinutes(2) }), pace,
        TimeProvider.System);

    private sealed class RecordedPace : IRequestPace, IAsyncDisposable
    {
        public List<string> Seen { get; } = [];

        public Task<IAsyncDisposable> EnterAsync(
            string service, TimeSpan interval, TimeSpan longest, CancellationToken cancellationToken)
        {
            Seen.Add($"enter {service} {interval.TotalSeconds:0} s");
            return Task.FromResult<IAsyncDisposable>(this);
        }

        public ValueTask DisposeAsync()
        {
            Seen.Add("leave");
            return ValueTask.CompletedTask;
        }
    }
}
