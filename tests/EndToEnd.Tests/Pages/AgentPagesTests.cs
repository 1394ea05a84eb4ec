using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;

namespace Qwen35Batch.EndToEnd.Tests.Pages;

/// <summary>The page of a job that answers a question: its steps, what it asks of a person, and the files that it made.</summary>
public sealed class AgentPagesTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly Guid _job = Guid.CreateVersion7();
    private PlanningEndpoint? _endpoint;
    private ServingWorker? _worker;

    private Uri Address => _worker!.Http.BaseAddress!;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_folder.File("tasks"));
        await File.WriteAllTextAsync(_folder.File("tasks/study.json"), """
            {
              "name": "study", "kind": "agent", "description": "A study.", "prompt": ["You plan a small study."],
              "tools": {
                "arxiv_search": { "maxCalls": 4, "maxResults": 20 },
                "read_page": { "maxCalls": 4, "urls": "seen", "hosts": ["127.0.0.1"], "approval": "required", "inDoubt": "ask" },
                "write_report": { "maxCalls": 1, "approval": "none" }
              },
              "budget": { "steps": 40, "tokens": 200000, "minutes": 30, "bytes": 50000000 }
            }
            """);
        _endpoint = await PlanningEndpoint.StartAsync();
        _worker = await ServingWorker.StartAsync(
            _folder.File("data"), null, "--set", "Stages:PollInterval=00:00:00.2", "--set", "Engine:Kind=OpenAI",
            "--set", $"Engine:BaseUrl={_endpoint.Address}/v1", "--set", "Engine:Model=planner",
            "--set", $"Tasks:Folder={_folder.File("tasks")}", "--set", $"Agent:ArxivUrl={_endpoint.Address}/query",
            "--set", "Acquire:AllowHttp=true", "--set", "Acquire:PrivateHosts:0=127.0.0.1");
        using var answer = await _worker.Http.PostAsJsonAsync(
            "jobs", new { jobId = _job, question = "What is new in <i>experts</i>?", task = "study", options = new { language = "ja" } },
            TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await Deadline.UntilAsync(
            async () => (await SummaryAsync()).GetProperty("approvals").GetArrayLength() > 0, () => _worker.Output);
    }

    public async ValueTask DisposeAsync()
    {
        if (_worker is not null) await _worker.DisposeAsync();
        if (_endpoint is not null) await _endpoint.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_person_finds_from_the_overview_what_waits_approves_it_by_keyboard_and_gets_the_report()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(Address);
        await Assertions.Expect(page.Locator("#approvals")).ToContainTextAsync("A person must approve read_page (step 5)");
        await Assertions.Expect(page.Locator("#waiting").GetByRole(AriaRole.Link)).ToHaveAttributeAsync(
            "href", new Uri(Address, $"jobs/{_job}").ToString());
        await page.Locator("#approvals").GetByRole(AriaRole.Link).ClickAsync();

        var question = page.Locator("#questions");
        await Assertions.Expect(question).ToContainTextAsync("May step 5 call read_page?");
        await Assertions.Expect(question).ToContainTextAsync($"{_endpoint!.Address}/paper");
        await Assertions.Expect(page.Locator("#steps tbody tr").First.Locator("ol li")).ToHaveTextAsync(["search", "read", "write"]);
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "agent-waits.png"), FullPage = true });

        // The page looks again every few seconds: whoever is on the button stays there.
        var approve = question.GetByRole(AriaRole.Button, new() { Name = "Approve" });
        await approve.FocusAsync();
        await page.WaitForResponseAsync(response => response.Url.EndsWith("/events", StringComparison.Ordinal));
        await page.WaitForResponseAsync(response => response.Url.EndsWith("/events", StringComparison.Ordinal));
        await Assertions.Expect(approve).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(page.Locator("#files li")).ToHaveCountAsync(2);
        await Assertions.Expect(question).ToBeEmptyAsync();
        await Assertions.Expect(page.Locator("#facts")).ToContainTextAsync("completed");
        await Assertions.Expect(page.Locator("#steps")).ToContainTextAsync("approved by http");
        await Assertions.Expect(page.Locator("#steps blockquote")).ToHaveTextAsync(PlanningEndpoint.Fact);
        await Assertions.Expect(page.Locator("#steps blockquote").Locator("..")).ToContainTextAsync(PlanningEndpoint.Claim);
        Assert.Equal(0, await page.Locator("#steps :is(b, i), #source i").CountAsync());
        await Assertions.Expect(page.Locator("#events > li.good").First).ToContainTextAsync("approved");
        var report = await page.RunAndWaitForDownloadAsync(() => page.Locator("#files a", new() { HasText = "report.pdf" }).ClickAsync());
        Assert.True(new FileInfo(await report.PathAsync()).Length > 1_000);
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "agent-done.png"), FullPage = true });
        Assert.Equal(0, (await SummaryAsync()).GetProperty("approvals").GetArrayLength());
    }

    [Fact]
    public async Task What_a_person_refuses_is_said_with_the_step_and_in_the_history()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(new(Address, $"jobs/{_job}"));

        await page.Locator("#questions").GetByRole(AriaRole.Button, new() { Name = "Refuse" }).ClickAsync();

        await Assertions.Expect(page.Locator("#steps tbody tr").Nth(5)).ToContainTextAsync("refused by http");
        await Assertions.Expect(page.Locator("#events > li.bad").First).ToContainTextAsync("refused");
    }

    [Theory]
    [InlineData("It has happened", "http says that it has happened. What it gave is not known.", 0)]
    [InlineData("It has not: do it", PlanningEndpoint.Claim, 1)]
    [InlineData("Go on without it", "http has said to go on without it.", 0)]
    public async Task What_a_person_says_of_a_call_in_doubt_settles_it(string answer, string said, int readings)
    {
        await CutShortAsync();
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(Address);
        await Assertions.Expect(page.Locator("#approvals")).ToContainTextAsync(
            "A person must say whether read_page (step 5) has happened");
        page = await browser.ShowAsync(new(Address, $"jobs/{_job}"));
        var question = page.Locator("#questions");
        await Assertions.Expect(question).ToContainTextAsync("Has step 5, read_page, happened? The worker was stopped meanwhile.");
        await Assertions.Expect(question.GetByRole(AriaRole.Button)).ToHaveTextAsync(
            ["It has happened", "It has not: do it", "Go on without it"]);
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "agent-in-doubt.png"), FullPage = true });

        await question.GetByRole(AriaRole.Button, new() { Name = answer }).ClickAsync();

        await Assertions.Expect(question).ToBeEmptyAsync();
        await Assertions.Expect(page.Locator("#steps")).ToContainTextAsync(said);
        await Assertions.Expect(page.Locator("#events")).ToContainTextAsync("settled");
        Assert.Equal(readings, _endpoint!.Readings);
    }

    [Theory]
    [InlineData(ColorScheme.Dark, 390)]
    [InlineData(ColorScheme.Light, 390)]
    [InlineData(ColorScheme.Light, 1_200)]
    public async Task It_fits_a_phone_speaks_japanese_and_has_names_contrast_and_an_order(ColorScheme scheme, int width)
    {
        await using var browser = await Browser.OpenAsync();
        foreach (var path in (string[])["", $"jobs/{_job}"])
        {
            var page = await browser.ShowAsync(new(Address, path), new()
            {
                ViewportSize = new() { Width = width, Height = 844 },
                Locale = "ja-JP",
                ColorScheme = scheme,
            });
            await Assertions.Expect(page.GetByText("read_page").First).ToBeVisibleAsync();
            await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            await PageChecks.AssertReadableAsync(page, path);
            await PageChecks.AssertTabOrderAsync(page, path);
            await page.ScreenshotAsync(new()
            {
                Path = Path.Combine(AppContext.BaseDirectory, $"agent-{(path.Length == 0 ? "overview" : "job")}-{scheme}-{width}.png"),
                FullPage = true,
            });
        }
    }

    /// <summary>As if a worker had begun the call that waits, with an effect outside, and was stopped meanwhile.</summary>
    private async Task CutShortAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={_folder.File("data/ledger.db")};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "UPDATE step SET starts = 1, effect = 'External' WHERE state = 'Awaiting'";
        Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
    }

    private async Task<JsonElement> SummaryAsync() =>
        await _worker!.Http.GetFromJsonAsync<JsonElement>("dashboard/summary", TestContext.Current.CancellationToken);
}
