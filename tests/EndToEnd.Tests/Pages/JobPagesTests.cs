using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;

namespace Qwen35Batch.EndToEnd.Tests.Pages;

/// <summary>Where an operator finds jobs, looks at one, and tries it again; where an analyst searches; and how the pages behave.</summary>
public sealed class JobPagesTests(PagesWorker worker) : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await worker.StartAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Jobs_are_filtered_and_the_list_leads_to_the_job_and_to_its_insights()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(new(worker.Address, "jobs?state=Completed&source=planted"));

        var rows = page.Locator("#jobs tbody tr");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await Assertions.Expect(rows).ToContainTextAsync("30 of 30");
        await rows.GetByRole(AriaRole.Link).ClickAsync();
        await Assertions.Expect(page.Locator("#segments tbody tr")).ToHaveCountAsync(PagesWorker.Pages);
        await Assertions.Expect(page.Locator("#segments tbody tr").Nth(6)).ToContainTextAsync("N-0007");
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "job.png") });
        await page.Locator("#segments tbody tr").Nth(6).GetByRole(AriaRole.Link).ClickAsync();

        await Assertions.Expect(page.Locator("#fields [data-pointer='/number'] .value")).ToHaveTextAsync("N-0007");
    }

    [Fact]
    public async Task A_rejected_job_is_found_by_its_reason_and_retried()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(new(worker.Address, "jobs"));
        await page.GetByLabel("Reason").SelectOptionAsync("sourceNotFound");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await Assertions.Expect(page.Locator("#jobs tbody tr")).ToHaveCountAsync(1);
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "jobs.png") });
        await page.Locator("#jobs tbody").GetByRole(AriaRole.Checkbox).CheckAsync();
        var before = await EndedAtAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Retry or release the chosen" }).ClickAsync();

        // The file is still not there: it was looked for again.
        await Deadline.UntilAsync(async () => await EndedAtAsync() is { } ended && ended != before, () => "The job was not tried again.");
    }

    [Fact]
    public async Task A_list_of_jobs_goes_on_where_its_part_ended()
    {
        var ids = new List<string>();
        for (long? next = null, more = 1; more == 1; more = next is null ? 0 : 1)
        {
            var part = await worker.Http.GetFromJsonAsync<JsonElement>(
                $"jobs?count=1{(next is null ? "" : $"&next={next}")}", TestContext.Current.CancellationToken);
            ids.AddRange(part.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("jobId").GetString()!));
            next = part.GetProperty("next").ValueKind == JsonValueKind.Null ? null : part.GetProperty("next").GetInt64();
        }

        Assert.Equal(6, ids.Distinct().Count());
        Assert.Equal(6, ids.Count);
    }

    [Theory]
    [InlineData("港", "/city")]
    [InlineData("神戸", "/city")]
    [InlineData("神戸港", "/city")]
    [InlineData("city:神戸港", "/city")]
    [InlineData("j", "/number")]
    [InlineData("\"戸神\"", null)]
    [InlineData("number:神戸", null)]
    [InlineData("神戸 -12980", null)]
    [InlineData("神戸 12,980", "/city")]
    public async Task A_search_finds_words_and_characters_with_their_field(string query, string? field)
    {
        var found = await worker.Http.GetFromJsonAsync<JsonElement>(
            $"insights?q={Uri.EscapeDataString(query)}", TestContext.Current.CancellationToken);

        var hits = found.GetProperty("insights").EnumerateArray().ToList();
        Assert.Equal(field is null ? 0 : 1, hits.Count);
        if (field is not null) Assert.Equal(field, hits[0].GetProperty("hit").GetProperty("field").GetString());
    }

    [Fact]
    public async Task The_search_page_leads_to_the_field_that_was_found()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(new(worker.Address, "insights"));
        await Assertions.Expect(page.Locator("#insights li").First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Searchbox).FillAsync("\"N 0013\"");
        await page.Keyboard.PressAsync("Enter");

        var hits = page.Locator("#insights li");
        await Assertions.Expect(hits).ToHaveCountAsync(1);
        await Assertions.Expect(hits).ToContainTextAsync("page 13");
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "search.png") });
        await hits.GetByRole(AriaRole.Link).ClickAsync();

        await Assertions.Expect(page.Locator("#fields .lit")).ToHaveAttributeAsync("data-pointer", "/number");
        await Assertions.Expect(page.Locator("#places .lit")).ToHaveCountAsync(1);
    }

    [Theory]
    [InlineData(ColorScheme.Dark)]
    [InlineData(ColorScheme.Light)]
    public async Task The_pages_fit_a_phone_speak_japanese_and_can_be_read_in_the_dark_and_in_the_light(ColorScheme scheme)
    {
        await using var browser = await Browser.OpenAsync();
        foreach (var path in await PathsAsync())
        {
            var page = await browser.ShowAsync(new(worker.Address, path), new()
            {
                ViewportSize = new() { Width = 390, Height = 844 },
                Locale = "ja-JP",
                ColorScheme = scheme,
            });
            await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            var name = path.Length == 0 ? "overview" : path.Split('?')[0].Replace('/', '-');
            await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, $"phone-{name}-{scheme}.png") });

            Assert.Equal("ja", await page.Locator("html").GetAttributeAsync("lang"));
            Assert.Equal("概要", await page.Locator("nav a").First.TextContentAsync());
            await PageChecks.AssertReadableAsync(page, path);
        }
    }

    [Fact]
    public async Task A_job_tells_what_happened_and_the_overview_where_work_stands()
    {
        await using var browser = await Browser.OpenAsync();
        var job = await browser.ShowAsync(new(worker.Address, $"jobs/{worker.Pdf}"));
        var events = job.Locator("#events > li");
        await Assertions.Expect(events.First).ToContainTextAsync("submitted");
        await Assertions.Expect(events.Nth(1)).ToContainTextAsync("planned planted (");
        await Assertions.Expect(events.Last).ToContainTextAsync("ended");
        await Assertions.Expect(job.Locator("#events details")).ToHaveCountAsync(PagesWorker.Pages);
        await job.Locator("#events summary", new() { HasText = "page 7 " }).ClickAsync();
        await Assertions.Expect(job.Locator("#events details[open] li")).ToContainTextAsync("7 tokens in, 3 out");

        var overview = await browser.ShowAsync(worker.Address);
        await Assertions.Expect(overview.Locator("#stages tbody tr")).ToHaveCountAsync(7);
        await Assertions.Expect(overview.Locator("#stages .word").First).ToHaveTextAsync("starved");
        await Assertions.Expect(overview.Locator("#hour-text li").Filter(new() { HasText = "there was nothing to do" })).ToBeVisibleAsync();
        await Assertions.Expect(overview.Locator("#engine")).ToContainTextAsync("Requests answered now");
        await Assertions.Expect(overview.Locator("#waiting")).ToBeHiddenAsync();
        await overview.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "overview.png"), FullPage = true });

        var problems = await browser.ShowAsync(new(worker.Address, "messages"));
        await Assertions.Expect(problems.GetByText("Nothing is in quarantine.")).ToBeVisibleAsync();
        await Assertions.Expect(problems.GetByText("Nothing was refused.")).ToBeVisibleAsync();
        await Assertions.Expect(problems.GetByText("No corpus is configured.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_tab_key_goes_through_a_page_in_its_order_and_shows_where_it_is()
    {
        await using var browser = await Browser.OpenAsync();
        foreach (var path in await PathsAsync())
        {
            var page = await browser.ShowAsync(new(worker.Address, path));
            await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            await PageChecks.AssertTabOrderAsync(page, path);
        }
    }

    /// <summary>Every kind of page, those of what is not there among them; that of an agent's job has tests of its own.</summary>
    private async Task<IReadOnlyList<string>> PathsAsync()
    {
        var paths = new List<string>
        {
            "", "jobs?state=Completed", "jobs?reason=timedOut", $"jobs/{worker.Pdf}", $"jobs/{worker.Broken}", $"jobs/{Guid.Empty}",
            "insights", "insights?q=nowhere", "insights/999999", "messages",
        };
        foreach (var job in (Guid[])[worker.Pdf, worker.Text, worker.Video, worker.Lost, worker.Harm])
            paths.Add($"insights/{(await worker.InsightsAsync(job))[0]}");
        return paths;
    }

    private async Task<string?> EndedAtAsync() => (await worker.Http.GetFromJsonAsync<JsonElement>(
        $"jobs/{worker.Broken}", TestContext.Current.CancellationToken)).GetProperty("job").GetProperty("finishedAt").GetString();
}
