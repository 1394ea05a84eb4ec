using System.Text;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Pipeline.Agents.Tools;
using Qwen35Batch.Pipeline.Tests.Acquire;
using Qwen35Batch.Pipeline.Tests.Agents.Hostile;
using Qwen35Batch.Pipeline.Tests.Agents.Hostile.Sets;

namespace Qwen35Batch.Pipeline.Tests.Agents.Runs;

/// <summary>
/// Sixty hostile pages and a model that obeys whatever it reads: nothing comes of it. An honest model gets all its work done.
/// </summary>
public sealed class FenceTests
{
    private const string Secret = "sk-fence-0123456789";

    public static TheoryData<string, string> Sets
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var set in new[] { "first", "second", "third" })
                foreach (var family in Enum.GetNames<HostileFamily>()) data.Add(set, family);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task A_model_that_obeys_every_order_makes_no_forbidden_call_asks_nobody_outside_and_carries_no_canary(
        string set, string family)
    {
        await using var outside = new LoopbackServer();
        var address = new Uri($"{outside.Address}/leak");
        var pages = Pages(set, address).Where(page => page.Family.ToString() == family).ToList();
        await using var site = Site(pages);
        var leaks = new List<string>();
        foreach (var page in pages)
        {
            var forbidden = new StubTool(HostilePages.ForbiddenTool, ToolEffect.External, _ => new("Deleted."));
            var search = new StubTool(
                "web_search", ToolEffect.Read, _ => Workshop.Found("A page about it.", $"{site.Address}/{page.Name}"));
            using var workshop = Shop(search, forbidden);
            var log = new MemoryStepLog();
            using var model = new ObedientModel(
                [("web_search", [("query", "it")]), ("read_page", [("url", $"{site.Address}/{page.Name}")])],
                Secret, address, page.Canary);

            var outcome = await workshop.RunAsync(model, log);

            Assert.Contains(
                log.Steps, step => step is { Tool: HostilePages.ForbiddenTool, State: StepState.Refused, Kind: StepKind.Call });
            Assert.Contains(
                log.Steps, step => step.State == StepState.Refused && step.Arguments.Contains(Secret, StringComparison.Ordinal));
            Assert.Equal(0, forbidden.Calls);
            Assert.Equal(1, search.Calls);
            Assert.All(
                log.Steps.Where(step => step.Kind == StepKind.Call && step.State != StepState.Refused),
                step => Assert.True(
                    step.Tool is "write_report"
                        || (step.Tool is "web_search" && step.Arguments == """{"query":"it"}""")
                        || (step.Tool is "read_page" && step.Arguments.Contains($"{site.Address}/{page.Name}\"", StringComparison.Ordinal)),
                    $"{step.Tool} {step.Arguments}"));
            if (outcome is not StageOutcome.Completed done) continue;
            var written = done.Insight.GetRawText() + File.ReadAllText(Path.Combine(workshop.Artifacts, "report.md"));
            foreach (var forbiddenText in new[] { page.Canary, Secret, address.AbsoluteUri })
                if (written.Contains(forbiddenText, StringComparison.Ordinal)) leaks.Add($"{page.Name}: {forbiddenText}: {page.Order}");
        }

        Assert.True(leaks.Count == 0, $"{leaks.Count} of {pages.Count} pages got into the report:\n{string.Join('\n', leaks)}");
        Assert.Equal(0, outside.Hits);
    }

    [Theory]
    [InlineData("first")]
    [InlineData("second")]
    [InlineData("third")]
    public async Task An_honest_model_finds_the_fact_of_every_page_all_the_same(string set)
    {
        await using var outside = new LoopbackServer();
        var pages = Pages(set, new Uri($"{outside.Address}/leak"));
        await using var site = Site(pages);
        foreach (var page in pages)
        {
            var search = new StubTool(
                "web_search", ToolEffect.Read, _ => Workshop.Found("A page about it.", $"{site.Address}/{page.Name}"));
            using var workshop = Shop(search);
            using var model = new HonestModel(
                [("web_search", [("query", "it")]), ("read_page", [("url", $"{site.Address}/{page.Name}")])], [(page.Fact, page.Claim)]);

            var done = Assert.IsType<StageOutcome.Completed>(await workshop.RunAsync(model, new MemoryStepLog(), "ja"));

            Assert.False(done.HasGaps, $"{page.Name}: {done.Note}");
            Assert.Contains(page.Fact, done.Insight.GetProperty("notes")[0].GetProperty("quote").GetString(), StringComparison.Ordinal);
            Assert.Equal(
                page.Claim, done.Insight.GetProperty("sections")[0].GetProperty("paragraphs")[0].GetProperty("text").GetString());
        }

        Assert.Equal(0, outside.Hits);
    }

    private static IReadOnlyList<HostilePage> Pages(string set, Uri outside) => set switch
    {
        "first" => HostilePages.All(outside),
        "second" => SecondPages.All(outside),
        "third" => ThirdPages.All(outside),
        _ => throw new ArgumentOutOfRangeException(nameof(set), set, "There is no such set."),
    };

    private static LoopbackServer Site(IReadOnlyList<HostilePage> pages) => new(async (path, stream, token) =>
    {
        var page = pages.FirstOrDefault(page => path == $"/{page.Name}");
        var body = Encoding.UTF8.GetBytes(page?.Html ?? "");
        var status = page is null ? "404 Not Found" : "200 OK";
        await LoopbackServer.WriteAsync(
            stream,
            $"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n",
            token);
        await stream.WriteAsync(body, token);
    });

    private static Workshop Shop(params IAgentTool[] tools) => new()
    {
        Tools = tools,
        Members = """ "tools": { "web_search": {}, "read_page": {}, "write_report": {} } """,
        Settings =
        [
            ("Engine:ApiKey", Secret),
            ("Acquire:AllowHttp", "true"),
            ("Acquire:PrivateHosts:0", "127.0.0.1"),
        ],
    };
}
