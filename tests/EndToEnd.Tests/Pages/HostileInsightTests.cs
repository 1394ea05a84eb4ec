using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Qwen35Batch.EndToEnd.Tests.Pages;

/// <summary>The page of an insight that nobody would write by hand: as the worker could send it.</summary>
public sealed class HostileInsightTests(PagesWorker worker) : IAsyncLifetime
{
    private const int Fields = 2_000;
    private const int Boxes = 1_000;
    private const int Megabyte = 1_000_000;
    private const string Markup = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">";
    private const string Bidi = "\u202Eevil\u2066\u202Dabc";

    public async ValueTask InitializeAsync() => await worker.StartAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Two_thousand_fields_a_megabyte_of_text_markup_and_marks_of_direction_are_text()
    {
        var id = (await worker.InsightsAsync(worker.Pdf))[5];
        await using var browser = await Browser.OpenAsync();
        var page = await OpenAsync(browser, id);

        await Assertions.Expect(page.Locator("#fields [role=treeitem]")).ToHaveCountAsync(Fields);
        await Assertions.Expect(page.Locator("#fields [data-pointer='/f1'] .value")).ToHaveTextAsync(Markup);
        await Assertions.Expect(page.Locator("#fields [data-pointer='/f2'] .value")).ToHaveTextAsync(Bidi);
        await Assertions.Expect(page.Locator("#fields [data-pointer='/f2'] .value")).ToHaveCSSAsync("unicode-bidi", "isolate");
        var large = page.Locator("#fields [data-pointer='/f0'] .value");
        Assert.InRange((await large.TextContentAsync())!.Length, 2_000, 2_100);
        await large.GetByRole(AriaRole.Button).ClickAsync();
        Assert.Equal(Megabyte, (await large.TextContentAsync())!.Length);
        Assert.Equal(0, await page.Locator("#fields :is(img, script)").CountAsync());
        Assert.DoesNotContain("owned", await page.TitleAsync(), StringComparison.Ordinal);
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
    }

    [Fact]
    public async Task A_thousand_places_are_drawn_and_each_leads_to_its_field()
    {
        var id = (await worker.InsightsAsync(worker.Pdf))[5];
        await using var browser = await Browser.OpenAsync();
        var page = await OpenAsync(browser, id);
        await Assertions.Expect(page.Locator("#places .place")).ToHaveCountAsync(Boxes);

        // Until the picture is there, its places move.
        await page.WaitForFunctionAsync("() => document.querySelector('#picture')?.naturalWidth > 0");
        await page.Locator("#places [data-pointer='/f410']").HoverAsync(new() { Force = true });
        await Assertions.Expect(page.Locator("#fields .lit")).ToHaveAttributeAsync("data-pointer", "/f410");

        // How long it takes is told, and not judged: the machine has others to serve.
        var milliseconds = await page.EvaluateAsync<double>(
            """
            async id => {
              const { Media } = await import("/dashboard/media.js");
              const insight = await (await fetch(`/insights/${id}`, { headers: { Accept: "application/json" } })).json();
              const media = new Media({ light() {}, choose() {} });
              await media.draw(insight);
              const start = performance.now();
              await media.draw(insight);
              document.getElementById("places").getBoundingClientRect();
              return performance.now() - start;
            }
            """, id);
        TestContext.Current.TestOutputHelper!.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{Boxes} places were drawn in {milliseconds:0.0} ms."));
        await Assertions.Expect(page.Locator("#places .place")).ToHaveCountAsync(Boxes);
    }

    private async Task<IPage> OpenAsync(Browser browser, long id)
    {
        var page = await browser.ShowAsync(new(worker.Address, "insights"));
        await page.RouteAsync($"**/insights/{id}", async route =>
        {
            if (route.Request.ResourceType != "fetch")
            {
                await route.ContinueAsync();
                return;
            }

            var answer = await route.FetchAsync();
            var insight = JsonNode.Parse(await answer.TextAsync())!;
            MakeHostile(insight["record"]!);
            await route.FulfillAsync(new() { Response = answer, Body = insight.ToJsonString() });
        });
        await page.GotoAsync(new Uri(worker.Address, $"insights/{id}").ToString());
        await Assertions.Expect(page.Locator("#fields[data-ready]")).ToBeVisibleAsync();
        return page;
    }

    private static void MakeHostile(JsonNode record)
    {
        var values = new JsonObject { ["f0"] = new string('x', Megabyte), ["f1"] = Markup, ["f2"] = Bidi };
        for (var number = values.Count; number < Fields; number++) values[$"f{number}"] = $"value {number}";
        record["insight"] = values;
        record["citations"] = new JsonArray([.. Enumerable.Range(0, Boxes).Select(number => JsonSerializer.SerializeToNode(new
        {
            segment = record["segment"]!["number"]!.GetValue<int>(),
            page = record["segment"]!["page"]!.GetValue<int>(),
            field = $"/f{number}",
            box = new { left = number % 40 / 40.0, top = number / 40 / 25.0, width = 0.02, height = 0.03 },
        }))]);
        record["fields"] = new JsonArray();
    }
}
