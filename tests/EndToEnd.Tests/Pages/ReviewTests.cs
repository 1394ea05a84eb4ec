using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;

namespace Qwen35Batch.EndToEnd.Tests.Pages;

/// <summary>What people say of insights: by the interface, by mouse and by keyboard.</summary>
public sealed class ReviewTests(PagesWorker worker) : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await worker.StartAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Of_two_reviewers_at_once_one_is_told_what_the_other_said()
    {
        var id = (await worker.InsightsAsync(worker.Pdf))[20];

        var first = await PutAsync(id, 0, """{"fields":[{"pointer":"/city","verdict":"corrected","value":"Hull"}]}""");
        var second = await PutAsync(id, 0, """{"fields":[{"pointer":"/city","verdict":"corrected","value":"Leith"}]}""");
        var third = await PutAsync(id, 1, """{"fields":[{"pointer":"/city","verdict":"corrected","value":"Leith"}]}""");

        Assert.Equal((HttpStatusCode.OK, 1), (first.Status, first.Body.GetProperty("revision").GetInt32()));
        Assert.Equal(HttpStatusCode.PreconditionFailed, second.Status);
        Assert.Equal("Hull", second.Body.GetProperty("newest").GetProperty("fields")[0].GetProperty("value").GetString());
        Assert.Equal((HttpStatusCode.OK, 2), (third.Status, third.Body.GetProperty("revision").GetInt32()));
        var insight = await InsightAsync(id);
        Assert.Equal("Leith", insight.GetProperty("reviewed").GetProperty("city").GetString());
        Assert.NotEqual("Leith", insight.GetProperty("record").GetProperty("insight").GetProperty("city").GetString());
        Assert.Equal(2, insight.GetProperty("reviews").GetArrayLength());
    }

    [Fact]
    public async Task The_same_review_again_changes_nothing()
    {
        var id = (await worker.InsightsAsync(worker.Pdf))[21];
        const string review = """{"revision":1,"fields":[{"pointer":"/total","verdict":"accepted"}]}""";

        var first = await PutAsync(id, 0, review);
        var again = await PutAsync(id, 0, review);
        await PutAsync(id, 1, """{"fields":[{"pointer":"/number","verdict":"accepted"}]}""");
        var late = await PutAsync(id, 0, review);

        Assert.All([first, again, late], answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(first.Body.GetProperty("at").GetString(), late.Body.GetProperty("at").GetString());
        Assert.Equal(2, (await InsightAsync(id)).GetProperty("reviews").GetArrayLength());
    }

    [Fact]
    public async Task What_is_not_valid_is_refused_with_its_place()
    {
        var id = (await worker.InsightsAsync(worker.Pdf))[22];

        var wrong = await PutAsync(id, 0, """{"fields":[{"pointer":"/total","verdict":"corrected","value":-1}]}""");
        var unknown = await PutAsync(id, 0, """{"fields":[{"pointer":"/nothing","verdict":"accepted"}]}""");
        var unseen = await PutAsync(id, null, """{"fields":[{"pointer":"/total","verdict":"accepted"}]}""");
        var misspelt = await PutAsync(id, 0, """{"fields":[{"pointer":"/total","verdict":"fine"}]}""");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Equal("/total", wrong.Body.GetProperty("problems")[0].GetProperty("pointer").GetString());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unknown.Status);
        Assert.Equal("/nothing", unknown.Body.GetProperty("problems")[0].GetProperty("pointer").GetString());
        Assert.Equal(HttpStatusCode.PreconditionRequired, unseen.Status);
        Assert.Equal(HttpStatusCode.BadRequest, misspelt.Status);
        Assert.Equal(0, (await InsightAsync(id)).GetProperty("revision").GetInt32());
    }

    [Fact]
    public async Task A_reviewer_needs_no_mouse()
    {
        var id = (await worker.InsightsAsync(worker.Pdf))[23];
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(new(worker.Address, $"insights/{id}"));
        await Assertions.Expect(page.Locator("#fields[data-ready]")).ToBeVisibleAsync();

        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#fields [data-pointer='/number']")).ToHaveAttributeAsync("data-verdict", "accepted");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("e");
        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.TypeAsync("Zeebrugge");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#fields [data-pointer='/city'] .value")).ToHaveTextAsync("Zeebrugge");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("x");
        await Assertions.Expect(page.Locator("#fields [data-pointer='/total']")).ToHaveAttributeAsync("data-verdict", "rejected");
        await page.Keyboard.PressAsync("m");
        await page.Keyboard.TypeAsync("remark");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("stamped twice");
        foreach (var share in (string[])["10", "20", "30", "5"])
        {
            await page.Keyboard.PressAsync("Tab");
            await page.Keyboard.TypeAsync(share);
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#fields [data-pointer='/remark'] .value")).ToHaveTextAsync("stamped twice");
        await Assertions.Expect(page.Locator("#places [data-pointer='/remark']")).ToHaveCountAsync(1);
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "review.png"), FullPage = true });

        var reviews = (await InsightAsync(id)).GetProperty("reviews");
        Assert.Equal(
            ["accepted", "corrected", "rejected", "missing"],
            reviews.EnumerateArray().Select(review => review.GetProperty("fields")[0].GetProperty("verdict").GetString()));
        Assert.Equal(0.3, reviews[3].GetProperty("fields")[0].GetProperty("box").GetProperty("width").GetDouble(), 6);
    }

    [Fact]
    public async Task A_reviewer_who_is_faster_than_the_worker_is_not_overtaken_by_themselves()
    {
        var id = (await worker.InsightsAsync(worker.Pdf))[26];
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(new(worker.Address, $"insights/{id}"));
        await Assertions.Expect(page.Locator("#fields[data-ready]")).ToBeVisibleAsync();
        using var seen = new SemaphoreSlim(0);
        await page.RouteAsync("**/reviews", async route =>
        {
            await seen.WaitAsync();
            await route.ContinueAsync();
        });

        foreach (var key in (string[])["j", "Enter", "j", "Enter", "j", "x"]) await page.Keyboard.PressAsync(key);
        await Assertions.Expect(page.Locator("#fields [data-pointer='/total']")).ToBeFocusedAsync();
        seen.Release(3);

        await Assertions.Expect(page.Locator("#fields [data-pointer='/number']")).ToHaveAttributeAsync("data-verdict", "accepted");
        await Assertions.Expect(page.Locator("#fields [data-pointer='/city']")).ToHaveAttributeAsync("data-verdict", "accepted");
        await Assertions.Expect(page.Locator("#fields [data-pointer='/total']")).ToHaveAttributeAsync("data-verdict", "rejected");
        // Whoever has gone on stays there.
        await Assertions.Expect(page.Locator("#fields [data-pointer='/total']")).ToBeFocusedAsync();
        Assert.Equal(3, (await InsightAsync(id)).GetProperty("revision").GetInt32());
    }

    [Fact]
    public async Task Enter_takes_what_is_proposed_while_japanese_is_composed_and_saves_after()
    {
        var id = (await worker.InsightsAsync(worker.Pdf))[27];
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(new(worker.Address, $"insights/{id}"), new() { Locale = "ja-JP" });
        await page.Locator("#fields [data-pointer='/city']").ClickAsync();
        await page.Keyboard.PressAsync("e");
        await page.Locator("#value").FillAsync("京都");
        await page.Locator("#value").EvaluateAsync(
            "node => node.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true }))");
        await page.Locator("#value").EvaluateAsync("node => node.value += '府'");
        Assert.Equal(0, (await InsightAsync(id)).GetProperty("revision").GetInt32());

        await page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(page.Locator("#fields [data-pointer='/city'] .value")).ToHaveTextAsync("京都府");
        await Assertions.Expect(page.Locator("#fields [data-pointer='/city'] .verdict")).ToContainTextAsync("修正済み");
    }

    [Fact]
    public async Task What_is_not_valid_is_said_in_the_form_and_the_form_offers_what_is_missing()
    {
        var id = (await worker.InsightsAsync(worker.Pdf))[28];
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(new(worker.Address, $"insights/{id}"));
        await page.Locator("#fields [data-pointer='/total']").ClickAsync();
        await page.Keyboard.PressAsync("e");
        await page.Locator("#value").FillAsync("much");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#edit-problem")).ToContainTextAsync("'/total': a number is needed");
        await Assertions.Expect(page.Locator("#said")).ToBeEmptyAsync();
        await PageChecks.AssertReadableAsync(page, $"insights/{id}");
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "review-refused.png") });
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator("#fields [data-pointer='/total']")).ToBeFocusedAsync();

        await page.Keyboard.PressAsync("m");

        Assert.Equal(
            ["/remark"], await page.Locator("#absent option").EvaluateAllAsync<string[]>("nodes => nodes.map(node => node.value)"));
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("?");
        await Assertions.Expect(page.Locator("#keys")).ToBeVisibleAsync();
        await PageChecks.AssertReadableAsync(page, $"insights/{id}");
    }

    [Fact]
    public async Task A_reviewer_who_was_overtaken_sees_what_the_other_said_before_it_is_said_again()
    {
        var id = (await worker.InsightsAsync(worker.Pdf))[24];
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(new(worker.Address, $"insights/{id}"));
        await page.Locator("#fields [data-pointer='/city']").ClickAsync();
        await PutAsync(id, 0, """{"fields":[{"pointer":"/city","verdict":"corrected","value":"Emden"}]}""");

        await page.GetByRole(AriaRole.Button, new() { Name = "Accept" }).ClickAsync();

        await Assertions.Expect(page.Locator("#said")).ToContainTextAsync("local was faster");
        await Assertions.Expect(page.Locator("#fields [data-pointer='/city'] .value")).ToHaveTextAsync("Emden");
        await Assertions.Expect(page.Locator("#fields [data-pointer='/city']")).ToBeFocusedAsync();
        Assert.Equal(1, (await InsightAsync(id)).GetProperty("revision").GetInt32());
    }

    [Fact]
    public async Task Analysts_find_the_corrected_answer_beside_that_of_the_model()
    {
        var id = (await worker.InsightsAsync(worker.Pdf))[25];
        await PutAsync(id, 0, """{"fields":[{"pointer":"/city","verdict":"corrected","value":"Vigo","note":"smudged"}]}""");

        await using var connection = new SqliteConnection($"Data Source={Path.Combine(worker.Data, "ledger.db")};Mode=ReadOnly");
        await connection.OpenAsync(TestContext.Current.CancellationToken);

        Assert.Equal("Vigo|1|[\"/city\"]", await TextAsync(
            connection,
            "SELECT json_extract(insight, '$.city') || '|' || revision || '|' || reviewed_fields FROM insights_reviewed "
                + $"WHERE insight_id = {id}"));
        Assert.Equal("/city|corrected|\"Vigo\"|smudged|local", await TextAsync(
            connection,
            $"SELECT pointer || '|' || verdict || '|' || value || '|' || note || '|' || reviewer FROM reviews WHERE insight_id = {id}"));
        Assert.Equal("5", await TextAsync(connection, "SELECT count(*) FROM documents"));
        Assert.Equal("planted.pdf|30", await TextAsync(
            connection, "SELECT file_name || '|' || pages FROM documents WHERE pages > 1"));
    }

    private async Task<JsonElement> InsightAsync(long id) =>
        await worker.Http.GetFromJsonAsync<JsonElement>($"insights/{id}", TestContext.Current.CancellationToken);

    private async Task<(HttpStatusCode Status, JsonElement Body)> PutAsync(long id, int? revision, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"insights/{id}/reviews")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (revision is { } seen) request.Headers.TryAddWithoutValidation("If-Match", $"\"{seen}\"");
        using var answer = await worker.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken));
    }

    private static async Task<string?> TextAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The numbers are the ledger's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        return Convert.ToString(
            await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }
}
