using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Tests.Hosting;
using Qwen35Batch.Worker.Tests.Processes;

namespace Qwen35Batch.Worker.Tests.Agents;

/// <summary>"Find the latest papers on mixture-of-experts, summarise them in Japanese, make a PDF", by the program itself.</summary>
public sealed class ResearchTests : IAsyncLifetime
{
    private const string Question = "Find the latest papers on mixture-of-experts and summarise them.";

    private readonly string _folder = Directory.CreateTempSubdirectory("qwen35batch-research-").FullName;
    private readonly List<WorkerProcess> _workers = [];
    private PaperSite? _site;
    private StubEndpoint? _engine;
    private ResearchModel? _model;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private PaperSite Site => _site!;

    private ResearchModel Model => _model!;

    private string[] Settings =>
    [
        $"Agent:ArxivUrl={Site.Address}/api/query", "Acquire:AllowHttp=true", "Acquire:PrivateHosts:0=127.0.0.1",
        $"Tasks:Folder={Path.Combine(_folder, "tasks")}", "Stages:PollInterval=00:00:00.25",
    ];

    public async ValueTask InitializeAsync()
    {
        _site = await PaperSite.StartAsync();
        _engine = await StubEndpoint.StartAsync();
        _model = new(Site.Paper);
        _engine.Message = _model.AnswerAsync;
        Directory.CreateDirectory(Path.Combine(_folder, "media"));
        Directory.CreateDirectory(Path.Combine(_folder, "tasks"));
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "tasks", "research.json"),
            """
            {
              "name": "research",
              "kind": "agent",
              "description": "Searches, reads and writes a cited report.",
              "prompt": ["You plan a small literature study on the question.", "Write the report in this language: {language}."],
              "tools": {
                "arxiv_search": { "maxCalls": 4, "maxResults": 20 },
                "read_page": { "maxCalls": 12, "urls": "seen", "hosts": ["127.0.0.1"] },
                "write_report": { "maxCalls": 1, "approval": "none" }
              },
              "budget": { "steps": 40, "tokens": 200000, "minutes": 30, "bytes": 50000000 },
              "output": { "title": "string", "sections": "cited" }
            }
            """,
            Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
            TestContext.Current.TestOutputHelper?.WriteLine(worker.Output);
        }

        if (_engine is not null) await _engine.DisposeAsync();
        if (_site is not null) await _site.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_question_becomes_a_Japanese_report_by_one_command()
    {
        var output = Path.Combine(_folder, "report.jsonl");

        var (code, said) = await WorkerProcess.RunAsync(
        [
            "run", "--task", "research", "--ask", Question, "--language", "ja", "--out", output, "--data", Path.Combine(_folder, "data"),
            "--set", "Engine:Kind=OpenAI", "--set", $"Engine:BaseUrl={_engine!.BaseUrl}", "--set", "Engine:Model=stub",
            .. Settings.SelectMany(setting => new[] { "--set", setting }),
        ]);

        Assert.True(code == 0, said);
        Assert.Equal(["plan", "act", "notes", "act", "notes", "act", "sections"], Model.Asked);
        using var record = JsonDocument.Parse(await File.ReadAllTextAsync(output, Cancellation));
        var insight = record.RootElement.GetProperty("insight");
        Assert.Equal("専門家混合モデルの調査", insight.GetProperty("title").GetString());
        Assert.Equal(
            ResearchModel.Claim, insight.GetProperty("sections")[0].GetProperty("paragraphs")[0].GetProperty("text").GetString());
        var source = insight.GetProperty("sources")[0];
        Assert.Equal((Site.Paper, "Sparse experts"), (source.GetProperty("address").GetString(), source.GetProperty("title").GetString()));
        Assert.Equal(64, source.GetProperty("sha256").GetString()!.Length);
        var pdf = Assert.Single(Directory.GetFiles(Path.Combine(_folder, "data", "artifacts"), "report.pdf", SearchOption.AllDirectories));
        var text = string.Concat((await TextOfAsync(pdf)).Where(c => !char.IsWhiteSpace(c)));
        Assert.Contains(string.Concat(ResearchModel.Claim.Where(c => !char.IsWhiteSpace(c))), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_shows_plan_tools_hosts_and_the_worst_case_and_calls_no_tool()
    {
        var (code, said) = await WorkerProcess.RunAsync(
        [
            "run", "--task", "research", "--ask", Question, "--language", "ja", "--dry-run", "--data", Path.Combine(_folder, "data"),
            "--set", "Engine:Kind=OpenAI", "--set", $"Engine:BaseUrl={_engine!.BaseUrl}", "--set", "Engine:Model=stub",
            .. Settings.SelectMany(setting => new[] { "--set", setting }),
        ]);

        Assert.True(code == 0, said);
        Assert.Contains("- arXiv で探す", said, StringComparison.Ordinal);
        Assert.Contains("At most 40 steps, 200,000 tokens, 30 minutes of work and 50,000,000 bytes", said, StringComparison.Ordinal);
        Assert.Contains("read_page", said, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", said, StringComparison.Ordinal);
        Assert.Equal(["plan"], Model.Asked);
        Assert.Equal((0, 0), (Site.Searches, Site.Readings));
    }

    [Fact]
    public async Task Killed_while_it_writes_a_job_goes_on_and_asks_nothing_a_second_time()
    {
        var writing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Model.Before = async role =>
        {
            if (role != "sections" || writing.Task.IsCompleted) return;
            writing.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, Cancellation);
        };
        var killed = Start();
        await killed.WaitUntilReadyAsync();
        using var answer = await killed.Client.PostAsJsonAsync(
            "/jobs", new { question = Question, task = "research", options = new { language = "ja" } }, Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var id = (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("jobId").GetGuid();
        await writing.Task.WaitAsync(Hang.Limit, Cancellation);

        killed.Signal("KILL");
        Assert.NotEqual(0, await killed.WaitForExitAsync());
        var next = Start();
        await next.WaitUntilReadyAsync();
        await TestWorker.WaitAsync(
            async () => await next.Client.GetFromJsonAsync<JsonElement>($"/jobs/{id}", Cancellation),
            job => job.GetProperty("job").GetProperty("state").GetString() == "completed",
            "The job");

        Assert.Equal((1, 1), (Site.Searches, Site.Readings));
        Assert.Equal(["plan", "act", "notes", "act", "notes", "act", "sections", "sections"], Model.Asked);
        var steps = await next.Client.GetFromJsonAsync<JsonElement>($"/jobs/{id}/steps", Cancellation);
        Assert.All(steps.EnumerateArray(), step => Assert.Equal("done", step.GetProperty("state").GetString()));
        Assert.Equal([2], steps.EnumerateArray().Select(step => step.GetProperty("starts").GetInt32()).Where(starts => starts != 1));
        using var report = await next.Client.GetAsync($"/jobs/{id}/artifacts/report.pdf", Cancellation);
        Assert.Equal(
            (HttpStatusCode.OK, "application/pdf"), (report.StatusCode, report.Content.Headers.ContentType?.MediaType));
        Assert.Equal("%PDF"u8.ToArray(), (await report.Content.ReadAsByteArrayAsync(Cancellation))[..4]);
        using var none = await next.Client.GetAsync($"/jobs/{id}/artifacts/..%2F..%2Fqwen35batch.db", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task A_question_that_is_empty_too_long_or_for_another_task_is_refused_with_its_field()
    {
        var worker = Start();
        await worker.WaitUntilReadyAsync();

        Assert.Contains("question is empty", await RefusedAsync(new { question = " ", task = "research" }), StringComparison.Ordinal);
        Assert.Contains(
            "at most 4,000", await RefusedAsync(new { question = new string('x', 4_001), task = "research" }), StringComparison.Ordinal);
        Assert.Contains("question is missing", await RefusedAsync(new { source = "/a.txt", task = "research" }), StringComparison.Ordinal);
        Assert.Contains("'research'", await RefusedAsync(new { question = "Why?", task = "describe" }), StringComparison.Ordinal);
        Assert.Contains(
            "one of the two",
            await RefusedAsync(new { question = "Why?", source = "/a.txt", task = "research" }),
            StringComparison.Ordinal);

        async Task<string> RefusedAsync(object job)
        {
            using var answer = await worker.Client.PostAsJsonAsync("/jobs", job, Cancellation);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
            return string.Join(
                ' ',
                problem.GetProperty("errors").EnumerateObject()
                    .SelectMany(field => field.Value.EnumerateArray().Select(said => $"{field.Name} {said.GetString()}")));
        }
    }

    [Fact]
    public async Task An_approval_over_HTTP_is_for_the_arguments_that_were_shown_and_the_job_goes_on()
    {
        var file = Path.Combine(_folder, "tasks", "research.json");
        var task = await File.ReadAllTextAsync(file, Cancellation);
        await File.WriteAllTextAsync(
            file, task.Replace("\"maxCalls\": 4,", "\"maxCalls\": 4, \"approval\": \"required\",", StringComparison.Ordinal), Cancellation);
        var worker = Start();
        await worker.WaitUntilReadyAsync();
        using var answer = await worker.Client.PostAsJsonAsync("/jobs", new { question = Question, task = "research" }, Cancellation);
        var id = (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("jobId").GetGuid();
        var waiting = (await TestWorker.WaitAsync(
            async () => await worker.Client.GetFromJsonAsync<JsonElement>($"/jobs/{id}/steps", Cancellation),
            steps => steps.EnumerateArray().Any(step => step.GetProperty("state").GetString() == "awaiting"),
            "The step")).EnumerateArray().Last();
        Assert.Equal(("arxiv_search", 0), (waiting.GetProperty("tool").GetString(), Site.Searches));
        var address = $"/jobs/{id}/steps/{waiting.GetProperty("number").GetInt32()}/approval";

        Assert.Equal(HttpStatusCode.BadRequest, await DecideAsync(new { decision = "yes" }));
        Assert.Equal(HttpStatusCode.BadRequest, await DecideAsync(new { decision = "approve" }));
        Assert.Equal(HttpStatusCode.Conflict, await DecideAsync(new { decision = "approve", arguments_sha = new string('0', 64) }));
        Assert.Equal(0, Site.Searches);
        var sha256 = waiting.GetProperty("argumentsSha256").GetString();
        Assert.Equal(HttpStatusCode.NoContent, await DecideAsync(new { decision = "approve", arguments_sha = sha256 }));

        await TestWorker.WaitAsync(
            async () => await worker.Client.GetFromJsonAsync<JsonElement>($"/jobs/{id}", Cancellation),
            job => job.GetProperty("job").GetProperty("state").GetString() == "completed",
            "The job");
        Assert.Equal(1, Site.Searches);

        async Task<HttpStatusCode> DecideAsync(object decision)
        {
            using var reply = await worker.Client.PostAsJsonAsync(address, decision, Cancellation);
            return reply.StatusCode;
        }
    }

    private WorkerProcess Start()
    {
        var worker = WorkerProcess.Serve(_folder, _engine!.BaseUrl, null, Settings);
        _workers.Add(worker);
        return worker;
    }

    private static async Task<string> TextOfAsync(string pdf)
    {
        using var tool = Process.Start(new ProcessStartInfo("pdftotext", ["-enc", "UTF-8", pdf, "-"]) { RedirectStandardOutput = true })!;
        var text = await tool.StandardOutput.ReadToEndAsync(Cancellation);
        await tool.WaitForExitAsync(Cancellation);
        return text;
    }
}
