using System.Net.Http.Json;
using Microsoft.Playwright;
using Qwen35Batch.Contracts;

namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>What an operator sees and does in a browser, on a worker with the embedded defaults.</summary>
public sealed class DashboardTests : IAsyncLifetime
{
    private const string Hostile = "<script>document.title='owned'</script>.png";

    private readonly TemporaryFolder _folder = new();
    private readonly Guid _broken = Guid.CreateVersion7();
    private ServingWorker? _worker;

    private ServingWorker Worker => _worker!;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_folder.File("media"));
        File.Copy(WorkerProcess.Sample("shapes.jpg"), _folder.File("media/shapes.jpg"));
        // A file name has no slash: one that looks like it takes its place.
        await File.WriteAllTextAsync(Path.Combine(_folder.File("media"), FileName), "");
        _worker = await ServingWorker.StartAsync(
            _folder.File("data"), null, "--allow", _folder.File("media"), "--set", "Stages:PollInterval=00:00:00.2",
            "--set",
            $"Corpora:harbour:Folder={_folder.File("media")}",
            "--set",
            "Corpora:harbour:Globs:0=*.jpg",
            "--set",
            "Corpora:harbour:TimeZone=Asia/Tokyo");
        await SubmitAsync(new() { JobId = _broken, Source = Path.Combine(_folder.File("media"), FileName) });
        await SubmitAsync(
            new() { JobId = Guid.CreateVersion7(), Source = _folder.File("media/shapes.jpg"), Options = new() { MaxOutputTokens = 96 } });
        await Deadline.UntilAsync(
            async () =>
                await Worker.Http.GetStringAsync("jobs?state=Accepted,Analysing") is var open
                    && open.Contains("\"jobs\":[]", StringComparison.Ordinal),
            () => Worker.Output);
    }

    public async ValueTask DisposeAsync()
    {
        if (_worker is not null) await _worker.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_page_shows_the_counts_and_the_failure_as_text_and_its_retry_button_works()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(Worker.Http.BaseAddress!);

        await Assertions.Expect(Tile(page, "completed")).ToHaveTextAsync("1completed");
        await Assertions.Expect(Tile(page, "rejected")).ToHaveTextAsync("1rejected");
        var failure = page.Locator("#failures tbody tr");
        await Assertions.Expect(failure).ToHaveCountAsync(1);
        await Assertions.Expect(failure).ToContainTextAsync(FileName);
        await Assertions.Expect(failure).ToContainTextAsync("empty");
        Assert.Equal("Qwen35Batch", await page.TitleAsync());
        Assert.Equal(1, await page.Locator("script").CountAsync());
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "dashboard.png"), FullPage = true });

        // The same name with a picture in it: the retry finds it.
        File.Copy(WorkerProcess.Sample("whiteboard.png"), Path.Combine(_folder.File("media"), FileName), overwrite: true);
        await failure.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();

        await Assertions.Expect(Tile(page, "completed")).ToHaveTextAsync("2completed");
        await Assertions.Expect(page.GetByText("Nothing has failed.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Hangfire_shows_the_corpus_and_its_trigger_writes_a_run()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(new(Worker.Http.BaseAddress!, "hangfire/recurring"));

        var corpus = page.Locator("tr", new() { HasText = "corpus:harbour" });
        await Assertions.Expect(corpus).ToContainTextAsync("Asia/Tokyo");
        await corpus.Locator("input[type=checkbox]").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Trigger now" }).ClickAsync();

        var dashboard = await browser.ShowAsync(Worker.Http.BaseAddress!);
        var run = dashboard.Locator("#runs tbody tr");
        await Assertions.Expect(run).ToHaveCountAsync(1);
        await Assertions.Expect(run).ToContainTextAsync("harbour");
        await Assertions.Expect(run).ToContainTextAsync("ended");
        await dashboard.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "dashboard-runs.png"), FullPage = true });
    }

    private static string FileName => Hostile.Replace("/", "\u2215", StringComparison.Ordinal);

    private static ILocator Tile(IPage page, string state) =>
        page.Locator("#jobs .tile", new() { Has = page.GetByText(state, new() { Exact = true }) });

    private async Task SubmitAsync(SubmitJob job)
    {
        using var answer = await Worker.Http.PostAsJsonAsync("jobs", job);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
