using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Agents.Search;
using Qwen35Batch.Pipeline.Tests.Agents.Hostile;
using Qwen35Batch.Pipeline.Tests.Agents.Reports;
using Qwen35Batch.Pipeline.Tests.Agents.Runs;

namespace Qwen35Batch.Pipeline.Tests.Agents.Article;

/// <summary>"Find the latest papers on mixture-of-experts, summarise them in Japanese, make a PDF."</summary>
public sealed class ArticleTests
{
    private static readonly (string Quote, string Claim)[] Facts =
    [
        (LoopbackLibrary.FirstFact, "各トークンで働くのは、64の専門家のうち8だけである。"),
        (LoopbackLibrary.SecondFact, "学習には512台の装置で21日かかった。"),
        (LoopbackLibrary.PageFact, "この概説は2026年の論文を37本挙げている。"),
    ];

    [Fact]
    public async Task Papers_are_found_read_and_summarised_in_Japanese_in_a_PDF_whose_text_can_be_copied()
    {
        await using var library = new LoopbackLibrary();
        using var arxiv = new ArxivSearchTool(
            Options.Create(new AgentToolOptions { ArxivUrl = new($"{library.Address}/api/query") }), new FreePace(), TimeProvider.System);
        using var workshop = new Workshop
        {
            Tools = [arxiv],
            Members = """
                "tools": {
                  "web_search": { "maxCalls": 2 }, "arxiv_search": { "maxCalls": 2 },
                  "read_page": { "maxCalls": 5, "urls": "seen" }, "write_report": {}
                }
                """,
            Settings =
            [
                ("Agent:SearchUrl", library.Address), ("Acquire:AllowHttp", "true"), ("Acquire:PrivateHosts:0", "127.0.0.1"),
            ],
        };
        using var model = new HonestModel(
            [
                ("arxiv_search", [("query", "mixture of experts"), ("max", 2)]),
                ("web_search", [("query", "mixture of experts survey")]),
                ("read_page", [("url", $"{library.Address}/abs/1")]),
                ("read_page", [("url", $"{library.Address}/abs/2")]),
                ("read_page", [("url", $"{library.Address}/survey")]),
            ],
            Facts)
        {
            Title = "混合エキスパートの最近の論文",
        };

        var outcome = await workshop.RunAsync(model, new MemoryStepLog(), "ja");

        var done = Assert.IsType<StageOutcome.Completed>(outcome);
        Assert.Null(done.Note);
        var pdf = Path.Combine(workshop.Artifacts, "report.pdf");
        var text = string.Concat(
            (await PdfTools.RunAsync("pdftotext", "-enc", "UTF-8", pdf, "-")).Where(character => !char.IsWhiteSpace(character)));
        Assert.Contains("混合エキスパートの最近の論文", text, StringComparison.Ordinal);
        Assert.All(Facts, fact => Assert.Contains(fact.Claim, text, StringComparison.Ordinal));
        Assert.All(
            Facts, fact => Assert.Contains(fact.Quote.Replace(" ", "", StringComparison.Ordinal), text, StringComparison.Ordinal));
        Assert.Contains($"{library.Address}/abs/2", text, StringComparison.Ordinal);
        Assert.Contains("yes yes yes", await PdfTools.RunAsync("pdffonts", pdf), StringComparison.Ordinal);
        Assert.Equal(
            ["/api/query", "/search", "/abs/1", "/abs/2", "/survey"], library.Asked.Select(path => path.Split('?')[0]));
        Assert.Contains(
            "各トークンで働くのは、64の専門家のうち8だけである。",
            await File.ReadAllTextAsync(Path.Combine(workshop.Artifacts, "report.md"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    private sealed class FreePace : IRequestPace, IAsyncDisposable
    {
        public Task<IAsyncDisposable> EnterAsync(
            string service, TimeSpan interval, TimeSpan longest, CancellationToken cancellationToken) =>
            Task.FromResult<IAsyncDisposable>(this);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
