using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Qwen35Batch.Contracts;

namespace Qwen35Batch.EndToEnd.Tests.Pages;

/// <summary>What was read, where it is a workbook, a film or a picture.</summary>
public sealed class MediaPagesTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private ReadingEndpoint? _endpoint;
    private ServingWorker? _worker;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_folder.File("tasks"));
        Directory.CreateDirectory(_folder.File("media"));
        await File.WriteAllTextAsync(_folder.File("tasks/planted.json"), """
            {
              "name": "planted", "description": "Labelled values.", "kinds": ["office", "image"], "prompt": ["Read the labelled values."],
              "schema": {
                "type": "object",
                "properties": {
                  "number": {"type": "string", "minLength": 1, "maxLength": 200},
                  "city": {"type": "string", "minLength": 1, "maxLength": 200},
                  "total": {"type": "number", "minimum": 0},
                  "seals": {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 20}, "maxItems": 4}
                },
                "required": ["number", "city", "total"], "additionalProperties": false
              }
            }
            """);
        WriteWorkbook(_folder.File("media/stock.xlsx"));
        File.Copy(WorkerProcess.Sample("clip.mp4"), _folder.File("media/clip.mp4"));
        File.Copy(WorkerProcess.Sample("receipt-ja.png"), _folder.File("media/receipt.png"));
        _endpoint = await ReadingEndpoint.StartAsync();
        _worker = await ServingWorker.StartAsync(
            _folder.File("data"), null, "--allow", _folder.File("media"), "--set", "Stages:PollInterval=00:00:00.2",
            "--set", "Engine:Kind=OpenAI", "--set", $"Engine:BaseUrl={_endpoint.BaseUrl}", "--set", "Engine:Model=reader",
            "--set", $"Tasks:Folder={_folder.File("tasks")}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_worker is not null) await _worker.DisposeAsync();
        if (_endpoint is not null) await _endpoint.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_workbook_is_a_table_whose_cited_cells_are_marked()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await OpenAsync(browser, "stock.xlsx", "planted");

        await page.Locator("#fields [data-pointer='/number']").ClickAsync();
        var cell = page.Locator("td.cited.lit");
        await Assertions.Expect(cell).ToHaveTextAsync("Number: S-0042");
        await Assertions.Expect(cell).ToHaveAttributeAsync("title", "'Stock'!A2");
        await page.Locator("td.cited", new() { HasText = "Bergen" }).HoverAsync();
        await Assertions.Expect(page.Locator("#fields .lit")).ToHaveAttributeAsync("data-pointer", "/city");
        await Assertions.Expect(page.Locator(".text h4")).ToHaveTextAsync("Sheet: Stock");
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "insight-sheet.png"), FullPage = true });
    }

    [Fact]
    public async Task A_film_has_bands_for_its_chapters_and_events_which_lead_to_their_time_and_field()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await OpenAsync(browser, "clip.mp4", "video");
        await page.WaitForFunctionAsync("() => document.querySelector('#player').readyState > 0");

        var chapter = page.Locator(".track.chapter [data-pointer='/chapters/1/title']");
        await Assertions.Expect(chapter).ToHaveCountAsync(1);
        Assert.Contains("Two shapes", await chapter.TextContentAsync(), StringComparison.Ordinal);
        await Assertions.Expect(page.Locator(".track.event [data-pointer^='/chapters']")).ToHaveCountAsync(0);
        await page.Locator(".track.event [data-pointer='/events/1/description']").DispatchEventAsync("click");
        await page.WaitForFunctionAsync("() => Math.abs(document.querySelector('#player').currentTime - 5) < 0.06");
        await Assertions.Expect(page.Locator("#fields .lit")).ToHaveAttributeAsync("data-pointer", "/events/1/description");

        // A place of the band that no mark covers leads to its time, too.
        await page.Locator(".track.event").ClickAsync(new() { Position = new() { X = 3, Y = 8 } });
        await page.WaitForFunctionAsync("() => document.querySelector('#player').currentTime < 0.5");
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "insight-film.png"), FullPage = true });
    }

    [Fact]
    public async Task What_is_missing_is_added_with_a_box_that_is_drawn_by_mouse_and_has_its_place_in_the_list()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await OpenAsync(browser, "receipt.png", "planted");
        await page.WaitForFunctionAsync("() => document.querySelector('#picture')?.naturalWidth > 0");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add missing" }).ClickAsync();
        await page.Locator("#pointer").FillAsync("/seals");
        await Assertions.Expect(page.Locator("#edit-hint")).ToContainTextAsync("array");
        await page.Locator("#value").FillAsync("""["2074"]""");
        await page.GetByRole(AriaRole.Button, new() { Name = "Draw" }).ClickAsync();

        var sheet = (await page.Locator("#places").BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(sheet.X + (0.25f * sheet.Width), sheet.Y + (0.5f * sheet.Height));
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(sheet.X + (0.5f * sheet.Width), sheet.Y + (0.625f * sheet.Height), new() { Steps = 4 });
        await Assertions.Expect(page.Locator("#places .drawn")).ToHaveCountAsync(1);
        await page.Mouse.UpAsync();
        Assert.Equal(["25", "50", "25", "12.5"], await SidesAsync(page));
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Assertions.Expect(page.Locator("#fields [data-pointer='/seals/0'] .value")).ToHaveTextAsync("2074");
        await page.Locator("#fields [data-pointer='/seals/0']").ClickAsync();
        await Assertions.Expect(page.Locator("#places .place.lit")).ToHaveAttributeAsync("data-pointer", "/seals");
        await page.Keyboard.PressAsync("m");
        await page.Locator("#pointer").FillAsync("/seals/-");
        await page.Locator("#value").FillAsync("1538");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        // A number in a field of text stays one.
        await Assertions.Expect(page.Locator("#fields [data-pointer='/seals/1']")).ToHaveAttributeAsync("data-verdict", "missing");

        await page.Keyboard.PressAsync("a");
        await Assertions.Expect(page.Locator("#said")).ToContainTextAsync("accepted");
        await Assertions.Expect(page.Locator("#fields [data-pointer]:not([data-verdict])")).ToHaveCountAsync(0);
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "review-drawn.png"), FullPage = true });
    }

    private static async Task<List<string>> SidesAsync(IPage page)
    {
        var sides = new List<string>();
        foreach (var side in (string[])["left", "top", "width", "height"])
            sides.Add((await page.Locator($"#{side}").InputValueAsync()).Replace(".0", "", StringComparison.Ordinal));
        return sides;
    }

    private async Task<IPage> OpenAsync(Browser browser, string file, string task)
    {
        var id = Guid.CreateVersion7();
        using var answer = await _worker!.Http.PostAsJsonAsync(
            "jobs", new SubmitJob { JobId = id, Source = _folder.File($"media/{file}"), Task = task },
            TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        JsonElement list = default;
        await Deadline.UntilAsync(
            async () =>
            {
                list = await _worker.Http.GetFromJsonAsync<JsonElement>($"insights?job={id}", TestContext.Current.CancellationToken);
                return list.GetProperty("insights").GetArrayLength() > 0;
            },
            () => _worker.Output);
        var insight = list.GetProperty("insights")[0].GetProperty("id").GetInt64();
        var page = await browser.ShowAsync(new(_worker.Http.BaseAddress!, $"insights/{insight}"));
        await Assertions.Expect(page.Locator("#fields[data-ready]")).ToBeVisibleAsync();
        return page;
    }

    private static void WriteWorkbook(string path)
    {
        const string head = """<?xml version="1.0"?>""";
        const string office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        const string package = "http://schemas.openxmlformats.org/package/2006";
        const string sheets = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        const string type = "application/vnd.openxmlformats-officedocument.spreadsheetml";
        using var file = ZipFile.Open(path, ZipArchiveMode.Create);
        Write("[Content_Types].xml", $"""
            <Types xmlns="{package}/content-types">
            <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
            <Override PartName="/xl/workbook.xml" ContentType="{type}.sheet.main+xml"/>
            <Override PartName="/xl/worksheets/sheet1.xml" ContentType="{type}.worksheet+xml"/></Types>
            """);
        Write("_rels/.rels", Relationship($"{office}/officeDocument", "xl/workbook.xml"));
        Write("xl/_rels/workbook.xml.rels", Relationship($"{office}/worksheet", "worksheets/sheet1.xml"));
        Write("xl/workbook.xml", $"""
            <workbook xmlns="{sheets}" xmlns:r="{office}"><sheets><sheet name="Stock" sheetId="1" r:id="r1"/></sheets></workbook>
            """);
        Write("xl/worksheets/sheet1.xml", $"""
            <worksheet xmlns="{sheets}"><sheetData>{Row(1, "Value", "Warehouse")}{Row(2, "Number: S-0042", "first")}
            {Row(3, "City: Bergen", "second")}{Row(4, "Total: 17", "third")}</sheetData></worksheet>
            """);

        void Write(string name, string content)
        {
            using var writer = new StreamWriter(file.CreateEntry(name).Open());
            writer.Write(head + content);
        }

        string Relationship(string kind, string target) => $"""
            <Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{kind}" Target="{target}"/></Relationships>
            """;

        static string Row(int number, params string[] cells) => $"<row r=\"{number}\">" + string.Concat(cells.Select((cell, index) =>
            $"<c r=\"{(char)('A' + index)}{number}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>")) + "</row>";
    }
}
