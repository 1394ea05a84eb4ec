using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.EndToEnd.Tests.Pages;

/// <summary>Where an insight is seen beside what it was read from.</summary>
public sealed class InsightPageTests(PagesWorker worker) : IAsyncLifetime
{
    private static readonly string[] Pointers = ["/number", "/city", "/total"];

    public async ValueTask InitializeAsync() => await worker.StartAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Each_field_of_thirty_insights_lights_up_the_word_that_it_was_read_from()
    {
        await using var browser = await Browser.OpenAsync();
        var insights = await worker.InsightsAsync(worker.Pdf);
        Assert.Equal(PagesWorker.Pages, insights.Count);
        var page = await browser.ShowAsync(Insight(insights[0]));
        var elsewhere = new List<string>();
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url).Authority != worker.Address.Authority) elsewhere.Add(request.Url);
        };
        for (var number = 0; number < insights.Count; number++)
        {
            if (number > 0) await page.GotoAsync(Insight(insights[number]).ToString());
            await ShownAsync(page);
            for (var field = 0; field < Pointers.Length; field++)
            {
                await page.Locator($"#fields [data-pointer='{Pointers[field]}']").ClickAsync();
                var lit = page.Locator("#places .place.lit");
                await Assertions.Expect(lit).ToHaveCountAsync(1);
                var overlap = Overlap(await PlaceAsync(page, lit), PlantedPdf.BoxOf(worker.Planted[number].Lines[field]));
                Assert.True(overlap >= 0.5, $"{Pointers[field]} of page {number + 1}: the highlight covers {overlap:P0} of its word.");
            }
        }

        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "insight.png"), FullPage = true });
        Assert.Empty(elsewhere);
    }

    [Fact]
    public async Task A_place_lights_up_its_field()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(Insight((await worker.InsightsAsync(worker.Pdf))[4]));
        await ShownAsync(page);

        await page.Locator("#places [data-pointer='/city']").HoverAsync(new() { Force = true });

        await Assertions.Expect(page.Locator("#fields .lit")).ToHaveAttributeAsync("data-pointer", "/city");
    }

    [Fact]
    public async Task Fields_stand_in_the_order_of_the_schema_whatever_the_database_keeps()
    {
        await using var browser = await Browser.OpenAsync();
        var insight = Insight((await worker.InsightsAsync(worker.Pdf))[4]);
        var page = await browser.ShowAsync(new(worker.Address, "insights"));
        await page.RouteAsync($"**{insight.AbsolutePath}", async route =>
        {
            if (route.Request.ResourceType != "fetch")
            {
                await route.ContinueAsync();
                return;
            }

            var answer = await route.FetchAsync();
            var reply = JsonNode.Parse(await answer.TextAsync())!;
            reply["record"]!["insight"] = new JsonObject(reply["record"]!["insight"]!.AsObject().Reverse()
                .Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
            await route.FulfillAsync(new() { Response = answer, Body = reply.ToJsonString() });
        });
        await page.GotoAsync(insight.ToString());
        await ShownAsync(page);

        await Assertions.Expect(page.Locator("#fields .name")).ToHaveTextAsync(["number", "city", "total"]);
        await Assertions.Expect(page.Locator("#facts")).ToContainTextAsync("page 5");
        await Assertions.Expect(page.Locator("#source")).ToContainTextAsync("planted.pdf");
    }

    [Theory]
    [InlineData(1_200)]
    [InlineData(390)]
    public async Task A_page_is_made_larger_and_the_place_of_the_chosen_field_is_in_sight(int width)
    {
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(
            Insight((await worker.InsightsAsync(worker.Pdf))[0]), new() { ViewportSize = new() { Width = width, Height = 700 } });
        await ShownAsync(page);
        var before = await page.EvaluateAsync<int>("document.querySelector('#picture').naturalWidth");

        foreach (var key in (string[])["j", "j", "j", "+", "+", "+", "k", "k"])
        {
            await page.Keyboard.PressAsync(key);
            await page.WaitForFunctionAsync(LitIsInSight, null, new() { PollingInterval = 100 });
        }

        await Assertions.Expect(page.Locator("#size")).ToHaveTextAsync("300 %");
        // Larger letters are drawn anew, and not blown up.
        await page.WaitForFunctionAsync(
            "before => document.querySelector('#picture').naturalWidth > before", before, new() { PollingInterval = 100 });
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, $"insight-large-{width}.png") });
    }

    [Fact]
    public async Task The_next_insight_is_the_next_of_the_list_that_led_here()
    {
        await using var browser = await Browser.OpenAsync();
        const string list = "insights?q=number:N&source=planted.pdf";
        var found = await worker.Http.GetFromJsonAsync<JsonNode>(list, TestContext.Current.CancellationToken);
        var ids = found!["insights"]!.AsArray().Select(insight => insight!["id"]!.GetValue<long>()).ToList();
        Assert.Equal(PagesWorker.Pages, ids.Count);
        var page = await browser.ShowAsync(new(worker.Address, list));
        await page.Locator("#insights li").First.GetByRole(AriaRole.Link).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Older" })).ToHaveAttributeAsync(
            "href", new Regex($"/insights/{ids[1]}\\?"));
        Assert.Contains($"/insights/{ids[0]}?", page.Url, StringComparison.Ordinal);

        await page.Keyboard.PressAsync("n");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex($"/insights/{ids[1]}\\?"));

        await page.GetByRole(AriaRole.Link, new() { Name = "Back to the list" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Searchbox)).ToHaveValueAsync("number:N");
    }

    [Fact]
    public async Task What_no_field_used_is_shown_on_request()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(Insight((await worker.InsightsAsync(worker.Pdf))[1]));
        await ShownAsync(page);

        await page.GetByLabel("Show the words that no field used").CheckAsync();

        // The labels are left: each value has its field.
        await Assertions.Expect(page.Locator("#places .unused")).ToHaveCountAsync(3);
        await Assertions.Expect(page.Locator("#places .unused title")).ToHaveTextAsync(["Number:", "City:", "Total:"]);

        // They stay when something is said of the insight.
        await page.Locator("#fields [data-pointer='/city']").ClickAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#fields [data-pointer='/city']")).ToHaveAttributeAsync("data-verdict", "accepted");
        await Assertions.Expect(page.Locator("#places .unused")).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task The_lines_of_a_text_are_listed_with_the_cited_words_marked()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(Insight((await worker.InsightsAsync(worker.Text))[0]));
        await page.Locator("#fields [data-pointer='/city']").ClickAsync();

        await Assertions.Expect(page.Locator(".lines mark.lit")).ToHaveTextAsync("神戸港");
        await Assertions.Expect(page.Locator(".lines")).ToHaveAttributeAsync("start", "1");
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "insight-text.png"), FullPage = true });
    }

    [Fact]
    public async Task Of_media_that_are_gone_the_places_are_left_on_a_blank_sheet()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(Insight((await worker.InsightsAsync(worker.Lost))[0]));

        await Assertions.Expect(page.Locator("#gone")).ToContainTextAsync("is gone (sha");
        await Assertions.Expect(page.Locator(".sheet svg.blank")).ToBeVisibleAsync();
        await page.Locator("#fields [data-pointer='/number']").ClickAsync();
        await Assertions.Expect(page.Locator("#places .place.lit")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("#fields [data-pointer='/city'] .why")).ToContainTextAsync("no place");
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "insight-gone.png"), FullPage = true });
        Assert.Equal(HttpStatusCode.Gone, await StatusAsync($"media/{await worker.MediaAsync(worker.Lost)}/pages/1"));
    }

    [Fact]
    public async Task A_frame_that_was_sent_leads_the_player_to_its_time()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(Insight((await worker.InsightsAsync(worker.Video))[0]));
        var frames = page.Locator(".frames button");
        await Assertions.Expect(frames.Nth(2)).ToBeVisibleAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('.frames img').naturalWidth > 0");
        var seconds = await frames.Nth(2).TextContentAsync();

        await frames.Nth(2).ClickAsync();

        await page.WaitForFunctionAsync(
            "wanted => Math.abs(document.querySelector('#player').currentTime - parseFloat(wanted)) < 0.06", seconds);
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "insight-video.png"), FullPage = true });
    }

    [Fact]
    public async Task Markup_in_an_insight_is_text()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(Insight((await worker.InsightsAsync(worker.Harm))[0]));

        await Assertions.Expect(page.Locator("#fields [data-pointer='/city'] .value")).ToHaveTextAsync(PagesWorker.Hostile);

        Assert.Equal(0, await page.Locator("#fields img").CountAsync());
        Assert.DoesNotContain("owned", await page.TitleAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Media_that_no_job_names_and_pages_that_are_not_there_are_refused()
    {
        var media = await worker.MediaAsync(worker.Pdf);
        var none = new string('0', 64);

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"media/{none}/pages/1"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"media/{none}/content"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"media/{media}/pages/31"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"media/{media}/frames/0"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync($"media/{media}/pages/1?width=2401"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync($"media/{media}/pages/1?width=63"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("media/..%2F..%2Fetc/content"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("insights/999999"));
    }

    [Fact]
    public async Task A_player_gets_the_part_that_it_asks_for_and_a_browser_nothing_that_runs()
    {
        var media = await worker.MediaAsync(worker.Text);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"media/{media}/content") { Headers = { Range = new(0, 4) } };
        using var answer = await worker.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(5, answer.Content.Headers.ContentLength);
        Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("default-src 'none'; sandbox", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    private Uri Insight(long id) => new(worker.Address, $"insights/{id}");

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await worker.Http.GetAsync(path, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    /// <summary>Waits until the fields and the picture are there.</summary>
    private static async Task ShownAsync(IPage page)
    {
        await Assertions.Expect(page.Locator("#fields[data-ready]")).ToBeVisibleAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('#picture')?.naturalWidth > 0");
    }

    /// <summary>Whether the place that is lit can be seen, within the window and within the part with the page.</summary>
    private const string LitIsInSight = """
        () => {
          const lit = document.querySelector("#places .lit")?.getBoundingClientRect();
          const part = document.querySelector("#media").getBoundingClientRect();
          return lit && lit.top >= Math.max(0, part.top) - 4 && lit.bottom <= Math.min(innerHeight, part.bottom) + 4
            && lit.left >= part.left - 4 && lit.right <= part.right + 4;
        }
        """;

    private static async Task<Box> PlaceAsync(IPage page, ILocator lit)
    {
        var place = await BoundsAsync(lit);
        var picture = await BoundsAsync(page.Locator("#picture"));
        return new(
            (place[0] - picture[0]) / picture[2], (place[1] - picture[1]) / picture[3], place[2] / picture[2], place[3] / picture[3]);
    }

    private static Task<double[]> BoundsAsync(ILocator locator) => locator.EvaluateAsync<double[]>(
        "node => { const box = node.getBoundingClientRect(); return [box.x, box.y, box.width, box.height]; }");

    private static double Overlap(Box one, Box other)
    {
        var width = Math.Min(one.Left + one.Width, other.Left + other.Width) - Math.Max(one.Left, other.Left);
        var height = Math.Min(one.Top + one.Height, other.Top + other.Height) - Math.Max(one.Top, other.Top);
        var shared = Math.Max(0, width) * Math.Max(0, height);
        return shared / ((one.Width * one.Height) + (other.Width * other.Height) - shared);
    }
}
