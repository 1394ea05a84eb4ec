using Microsoft.Playwright;
using Qwen35Batch.TestServers;

namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>An installed Chromium without a window; Playwright's own browsers are a download.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    // Milliseconds; it only ends a hang.
    private static readonly float Deadline = (float)Hang.Limit.TotalMilliseconds;

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    static Browser() => Assertions.SetDefaultExpectTimeout(Deadline);

    private Browser(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        _browser = browser;
    }

    /// <summary>Opens it; skips the test where none is installed, and fails it there with <c>CI=true</c>.</summary>
    public static async Task<Browser> OpenAsync()
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        if (program is null)
        {
            const string reason = "No Chromium is installed.";
            Assert.False(
                string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase),
                $"{reason} With CI=true this is a failure and not a skip.");
            Assert.Skip(reason);
        }

        var playwright = await Playwright.CreateAsync();
        // As root, Chromium's sandbox cannot start; /dev/shm is small in containers. The page is our own.
        return new(playwright, await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = program,
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-proxy-server"],
            Timeout = Deadline,
        }));
    }

    public async Task<IPage> ShowAsync(Uri address, BrowserNewPageOptions? options = null)
    {
        var page = await _browser.NewPageAsync(options ?? new() { ViewportSize = new() { Width = 1200, Height = 900 } });
        page.SetDefaultTimeout(Deadline);
        await page.GotoAsync(address.ToString());
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
