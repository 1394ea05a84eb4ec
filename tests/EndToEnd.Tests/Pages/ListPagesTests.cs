using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Web;
using Microsoft.Playwright;

namespace Qwen35Batch.EndToEnd.Tests.Pages;

/// <summary>Lists that are long, and pages that change under whoever uses them: with answers as a busy worker would give them.</summary>
public sealed partial class ListPagesTests(PagesWorker worker) : IAsyncLifetime
{
    private const int Part = 100;
    private const int Jobs = 2_345;

    public async ValueTask InitializeAsync() => await worker.StartAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Whatever_matches_is_chosen_and_retried_at_once_with_a_word_on_what_was_refused()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(new(worker.Address, "insights"));
        await page.RouteAsync(JobList(), route => route.FulfillAsync(new() { Json = List(new(route.Request.Url)) }));
        var retried = 0;
        await page.RouteAsync("**/jobs/*/retry", route => Interlocked.Increment(ref retried) % 1_000 == 0
            ? route.FulfillAsync(new() { Status = 409, Json = new { detail = "It is Completed." } })
            : route.FulfillAsync(new() { Status = 202, Json = new { } }));
        await page.GotoAsync(new Uri(worker.Address, "jobs?state=completedWithGaps,rejected,quarantined").ToString());
        await Assertions.Expect(page.Locator("#jobs tbody tr")).ToHaveCountAsync(Part);
        Assert.Equal("completedWithGaps,rejected,quarantined", await page.GetByLabel("State").InputValueAsync());

        await page.GetByLabel("Choose all").CheckAsync();
        await Assertions.Expect(page.Locator("#chosen")).ToHaveTextAsync("100 chosen");
        await page.GetByRole(AriaRole.Button, new() { Name = "Choose all that match" }).ClickAsync();
        await Assertions.Expect(page.Locator("#chosen")).ToHaveTextAsync("2,345 chosen");
        var asked = "";
        page.Dialog += async (_, dialog) =>
        {
            asked = dialog.Message;
            await dialog.AcceptAsync();
        };
        await page.GetByRole(AriaRole.Button, new() { Name = "Retry or release the chosen" }).ClickAsync();

        await Assertions.Expect(page.Locator("#problem")).ToHaveTextAsync("2 × It is Completed.");
        Assert.Equal("Retry or release 2,345 jobs?", asked);
        Assert.Equal(Jobs, retried);
    }

    [Fact]
    public async Task What_is_unchanged_keeps_its_place_and_the_focus_when_the_overview_looks_again()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(new(worker.Address, "insights"));
        var looks = 0;
        await page.RouteAsync("**/dashboard/summary", async route =>
        {
            var answer = await route.FetchAsync();
            var summary = JsonNode.Parse(await answer.TextAsync())!;
            // Each look has one failure more, at the head of the list.
            summary["failures"] = new JsonArray([.. Enumerable.Range(0, 10 + looks++).Reverse().Select(Failure)]);
            summary["messagesRefused"] = 7;
            await route.FulfillAsync(new() { Response = answer, Body = summary.ToJsonString() });
        });
        await page.GotoAsync(worker.Address.ToString());
        var retry = page.GetByRole(AriaRole.Button, new() { Name = "Retry /media/scan-5.pdf", Exact = true });
        await retry.FocusAsync();
        await retry.EvaluateAsync("node => node.isTheSame = true");

        await Assertions.Expect(page.Locator("#failures tbody tr")).ToHaveCountAsync(12);

        await Assertions.Expect(retry).ToBeFocusedAsync();
        Assert.True(await retry.EvaluateAsync<bool>("node => node.isTheSame === true"));
        await Assertions.Expect(page.Locator("#reasons a", new() { HasText = "7refused messages" })).ToHaveAttributeAsync(
            "href", MessagesPage());
        await Assertions.Expect(page.Locator("#failures tbody tr").First.Locator("td").First).ToHaveTextAsync("scan-11.pdf/media/");
    }

    [Fact]
    public async Task All_that_failed_for_a_reason_are_retried_from_the_overview()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await browser.ShowAsync(worker.Address);
        page.Dialog += async (_, dialog) => await dialog.AcceptAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Retry all: source not found" }).ClickAsync();

        await Assertions.Expect(page.Locator("#retried")).ToHaveTextAsync("1 are tried again.");
        await worker.EndAsync();
    }

    private static JsonNode Failure(int number) => new JsonObject
    {
        ["jobId"] = new Guid(number, 0, 0, new byte[8]).ToString(),
        ["source"] = $"/media/scan-{number}.pdf",
        ["segment"] = new JsonObject { ["number"] = number, ["kind"] = "page", ["page"] = number + 1 },
        ["reason"] = "invalidAnswer",
        ["detail"] = "It is not valid.",
    };

    /// <summary>A part of a long list of jobs.</summary>
    private static JsonObject List(Uri asked)
    {
        var query = HttpUtility.ParseQueryString(asked.Query);
        var from = int.Parse(query["next"] ?? "0", CultureInfo.InvariantCulture);
        var to = Math.Min(Jobs, from + int.Parse(query["count"]!, CultureInfo.InvariantCulture));
        return new()
        {
            ["jobs"] = new JsonArray([.. Enumerable.Range(from, to - from).Select(number => (JsonNode)new JsonObject
            {
                ["jobId"] = new Guid(number, 0, 0, new byte[8]).ToString(),
                ["source"] = $"/media/scan-{number}.pdf",
                ["requestedTask"] = "planted",
                ["state"] = "rejected",
                ["reason"] = "timedOut",
                ["segments"] = new JsonObject { ["planned"] = 1, ["done"] = 0 },
                ["createdAt"] = "2026-11-28T02:00:00Z",
            })]),
            ["next"] = to == Jobs ? null : to,
        };
    }

    [GeneratedRegex(@"/jobs\?.*count=")]
    private static partial Regex JobList();

    [GeneratedRegex("/messages$")]
    private static partial Regex MessagesPage();
}
