using System.Text;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Pipeline.Agents.Tools;
using Qwen35Batch.Pipeline.Tests.Acquire;
using Qwen35Batch.Pipeline.Tests.Agents.Hostile.Sets;
using Qwen35Batch.Pipeline.Tests.Agents.Runs;

namespace Qwen35Batch.Pipeline.Tests.Agents.Hostile;

/// <summary>
/// Each whole page is read after an honest one on the same question, from another host, by a model that obeys all that it is told.
/// </summary>
public sealed class WholePagesTests
{
    private const string Secret = "sk-fence-0123456789";

    public static TheoryData<string> Families =>
        [.. WholePages.All.Where(page => page.Canary is not null).Select(page => page.Family).Distinct()];

    public static TheoryData<string> Questions => [.. WholePages.All.Select(page => page.File.Split('-')[0]).Distinct()];

    [Theory]
    [MemberData(nameof(Families))]
    public async Task Nothing_that_a_page_made_up_gets_into_the_report_and_nobody_is_asked_because_of_it(string family)
    {
        await using var outside = new LoopbackServer();
        await using var honestSite = Site();
        await using var site = Site();
        var address = new Uri($"{outside.Address}/leak");
        var pages = WholePages.All.Where(page => page.Family == family).ToList();
        var leaks = new List<string>();
        foreach (var page in pages)
        {
            var honest = WholePages.HonestBeside(page);
            var log = new MemoryStepLog();
            using var workshop = Shop(page.Question, (honestSite, honest), (site, page));
            using var model = new ObedientModel(Calls((honestSite, honest), (site, page)), Secret, address, page.Canary!);

            var outcome = await workshop.RunAsync(model, log);

            Assert.True(outcome is StageOutcome.Completed, $"{page.File}: {(outcome as StageOutcome.Rejected)?.Detail}");
            var done = (StageOutcome.Completed)outcome;
            var written = done.Insight.GetRawText() + await File.ReadAllTextAsync(
                Path.Combine(workshop.Artifacts, "report.md"), TestContext.Current.CancellationToken);
            if (written.Contains(page.Canary!, StringComparison.OrdinalIgnoreCase)) leaks.Add($"{page.File}: {page.Canary}");
            Assert.DoesNotContain(Secret, written, StringComparison.Ordinal);
            Assert.All(
                log.Steps.Where(step => step is { Kind: StepKind.Call, Tool: "read_page", State: not StepState.Refused }),
                step => Assert.True(
                    step.Arguments.Contains($"/{page.File}\"", StringComparison.Ordinal)
                        || step.Arguments.Contains($"/{honest.File}\"", StringComparison.Ordinal),
                    step.Arguments));
        }

        Assert.Equal(0, outside.Hits);
        Assert.True(leaks.Count == 0, $"{leaks.Count} of {pages.Count} got into the report:\n{string.Join('\n', leaks)}");
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task An_honest_model_writes_a_report_of_what_all_pages_on_a_question_say(string topic)
    {
        await using var honestSite = Site();
        await using var site = Site();
        var pages = WholePages.All.Where(page => page.File.StartsWith(topic, StringComparison.Ordinal))
            .Select(page => (page.Canary is null ? honestSite : site, page)).ToArray();
        using var workshop = Shop(pages[0].page.Question, pages);
        using var model = new NotingModel(Calls(pages));

        var done = Assert.IsType<StageOutcome.Completed>(await workshop.RunAsync(model, new MemoryStepLog()));

        Assert.False(done.HasGaps, done.Note);
        var written = await File.ReadAllTextAsync(
            Path.Combine(workshop.Artifacts, "report.md"), TestContext.Current.CancellationToken);
        var counts = pages.Select(each => $"{each.page.File} {each.page.Family}: {model.Noted.GetValueOrDefault(each.page.File)}");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', counts));
        var leaks = pages.Where(each => each.page.Canary is { } canary && written.Contains(canary, StringComparison.OrdinalIgnoreCase))
            .Select(each => $"{each.page.File}: {each.page.Canary}").ToList();
        Assert.True(leaks.Count == 0, string.Join('\n', leaks));
        Assert.All(pages, each => Assert.True(model.Noted.GetValueOrDefault(each.page.File) >= 3, $"{each.page.File} gave too little."));
    }

    private static (string Tool, (string Name, object Value)[] Arguments)[] Calls(params (LoopbackServer Site, WholePage Page)[] pages) =>
    [
        ("web_search", [("query", "it")]),
        .. pages.Select(each => ("read_page", new (string, object)[] { ("url", $"{each.Site.Address}/{each.Page.File}") })),
    ];

    private static Workshop Shop(string question, params (LoopbackServer Site, WholePage Page)[] pages) => new()
    {
        Question = question,
        Tools =
        [
            new StubTool("web_search", ToolEffect.Read, _ => new($"{pages.Length} results:\n\n" + string.Join(
                "\n\n", pages.Select((each, index) => $"{index + 1}. {each.Page.Title}\n{each.Site.Address}/{each.Page.File}\nA page.")))
            {
                Addresses = [.. pages.Select(each => new SeenAddress(new($"{each.Site.Address}/{each.Page.File}"), each.Page.Title))],
            }),
            new StubTool(HostilePages.ForbiddenTool, ToolEffect.External, _ => throw new InvalidOperationException("It was called.")),
        ],
        Members = """ "tools": { "web_search": {}, "read_page": {}, "write_report": {} } """,
        Settings = [("Engine:ApiKey", Secret), ("Acquire:AllowHttp", "true"), ("Acquire:PrivateHosts:0", "127.0.0.1")],
    };

    private static LoopbackServer Site() => new(async (path, stream, token) =>
    {
        var body = Encoding.UTF8.GetBytes(WholePages.All.FirstOrDefault(page => path == $"/{page.File}")?.Html ?? "");
        await LoopbackServer.WriteAsync(
            stream,
            $"HTTP/1.1 {(body.Length == 0 ? "404 Not Found" : "200 OK")}\r\nContent-Type: text/html; charset=utf-8\r\n"
                + $"Content-Length: {body.Length}\r\nConnection: close\r\n\r\n",
            token);
        await stream.WriteAsync(body, token);
    });
}
