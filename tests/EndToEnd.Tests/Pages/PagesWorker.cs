using System.Net.Http.Json;
using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.EndToEnd.Tests.Pages;

[assembly: AssemblyFixture(typeof(PagesWorker))]

namespace Qwen35Batch.EndToEnd.Tests.Pages;

/// <summary>A worker with the insights of a PDF of 30 pages, of texts and of what was made to harm, for all tests that look.</summary>
public sealed class PagesWorker : IAsyncDisposable
{
    public const int Pages = 30;
    public const string Hostile = "<img src=x onerror=\"document.title='owned'\">\u202Eevil";

    private const string TaskFile = """
        {
          "name": "planted", "description": "Labelled values.", "kinds": ["pdf", "text", "video"],
          "prompt": ["Read the labelled values."],
          "schema": {
            "type": "object",
            "properties": {
              "number": {"type": "string", "minLength": 1, "maxLength": 200},
              "city": {"type": "string", "minLength": 1, "maxLength": 200},
              "total": {"type": "number", "minimum": 0},
              "remark": {"type": "string", "minLength": 1, "maxLength": 100}
            },
            "required": ["number", "city", "total"], "additionalProperties": false
          }
        }
        """;

    private static readonly string[] Cities = ["Kobe", "Osaka", "Antwerp", "Genoa", "Bergen", "Cadiz"];

    private readonly TemporaryFolder _folder = new();
    private readonly SemaphoreSlim _starting = new(1, 1);
    private ReadingEndpoint? _endpoint;
    private ServingWorker? _worker;

    internal IReadOnlyList<PlantedPage> Planted { get; } = [.. Enumerable.Range(0, Pages).Select(Page)];

    internal HttpClient Http => _worker!.Http;

    internal Uri Address => _worker!.Http.BaseAddress!;

    internal string Data => _folder.File("data");

    internal Guid Pdf { get; } = Guid.CreateVersion7();

    internal Guid Text { get; } = Guid.CreateVersion7();

    internal Guid Video { get; } = Guid.CreateVersion7();

    /// <summary>Of media that were removed after it was done.</summary>
    internal Guid Lost { get; } = Guid.CreateVersion7();

    internal Guid Harm { get; } = Guid.CreateVersion7();

    /// <summary>The name of a file that is not there, with markup in it.</summary>
    internal Guid Broken { get; } = Guid.CreateVersion7();

    /// <summary>Starts it once, for whoever asks first.</summary>
    internal async Task StartAsync()
    {
        await _starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_worker is not null) return;
            Directory.CreateDirectory(_folder.File("tasks"));
            Directory.CreateDirectory(_folder.File("media"));
            await File.WriteAllTextAsync(_folder.File("tasks/planted.json"), TaskFile);
            PlantedPdf.Write(_folder.File("media/planted.pdf"), Planted);
            await File.WriteAllTextAsync(
                _folder.File("media/kobe.md"), "第3回の記録\n\nNumber: J-0001\nCity: 神戸港\nTotal: 12980\n");
            PlantedPdf.Write(_folder.File("media/lost.pdf"), [new([new("Number", "L-0001", 50, 700, 18)])]);
            File.Copy(WorkerProcess.Sample("clip.mp4"), _folder.File("media/clip.mp4"));
            await File.WriteAllTextAsync(_folder.File("media/harm.md"), $"Number: H-1\nCity: {Hostile}\nTotal: 1\n");
            _endpoint = await ReadingEndpoint.StartAsync();
            _worker = await ServingWorker.StartAsync(
                Data, null, "--allow", _folder.File("media"), "--set", "Stages:PollInterval=00:00:00.2", "--set", "Engine:Kind=OpenAI",
                "--set", $"Engine:BaseUrl={_endpoint.BaseUrl}", "--set", "Engine:Model=reader",
                "--set", $"Tasks:Folder={_folder.File("tasks")}");
            await SubmitAsync(Pdf, "planted.pdf");
            await SubmitAsync(Text, "kobe.md");
            await SubmitAsync(Harm, "harm.md");
            await SubmitAsync(Video, "clip.mp4");
            await SubmitAsync(Lost, "lost.pdf");
            await SubmitAsync(Broken, "gone.pdf");
            await EndAsync();
            var lost = await MediaAsync(Lost);
            File.Delete(Path.Combine(Data, "media", lost[..2], lost));
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>The numbers of a job's insights, by segment.</summary>
    internal async Task<IReadOnlyList<long>> InsightsAsync(Guid job)
    {
        var list = await Http.GetFromJsonAsync<JsonElement>($"insights?job={job}&count=200", TestContext.Current.CancellationToken);
        return
        [
            .. list.GetProperty("insights").EnumerateArray()
                .OrderBy(insight => insight.GetProperty("segment").GetProperty("number").GetInt32())
                .Select(insight => insight.GetProperty("id").GetInt64()),
        ];
    }

    /// <summary>The hash of a job's media.</summary>
    internal async Task<string> MediaAsync(Guid job)
    {
        var insight = await Http.GetFromJsonAsync<JsonElement>(
            $"insights/{(await InsightsAsync(job))[0]}", TestContext.Current.CancellationToken);
        return insight.GetProperty("media").GetProperty("sha256").GetString()!;
    }

    internal string MediaFile(string name) => _folder.File($"media/{name}");

    internal Task EndAsync() => Deadline.UntilAsync(
        async () => await Http.GetStringAsync("jobs?state=Accepted,Analysing") is var open
            && open.Contains("\"jobs\":[]", StringComparison.Ordinal),
        () => _worker!.Output);

    public async ValueTask DisposeAsync()
    {
        if (_worker is not null) await _worker.DisposeAsync();
        if (_endpoint is not null) await _endpoint.DisposeAsync();
        _starting.Dispose();
        _folder.Dispose();
    }

    private async Task SubmitAsync(Guid id, string file)
    {
        using var answer = await Http.PostAsJsonAsync(
            "jobs", new SubmitJob { JobId = id, Source = MediaFile(file), Task = "planted" }, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static PlantedPage Page(int index) => new(
    [
        new("Number", $"N-{index + 1:D4}", 50 + (3 * index), 780 - (5 * index), 18),
        new("City", Cities[index % Cities.Length], 60 + (5 * index), 500 - (4 * index), 20),
        new("Total", $"{1000 + (37 * index)}.5", 200 - (4 * index), 100 + (3 * index), 24),
    ]);
}
