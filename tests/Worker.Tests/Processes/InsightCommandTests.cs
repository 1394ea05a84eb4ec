using System.Text.Json;
using Microsoft.Data.Sqlite;
using Qwen35Batch.Worker.Commands;
using Qwen35Batch.Worker.Reports.Evaluation;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Processes;

/// <summary>Commands that search and review, through a worker that is a process of its own, and on its ledger beside it.</summary>
public sealed class InsightCommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qwen35batch-insights-").FullName;
    private StubEndpoint _engine = null!;
    private WorkerProcess _worker = null!;

    private string Source => Path.Combine(_folder, "media", "one.txt");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A worker with one insight, of which one field is uncertain.</summary>
    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "media"));
        await File.WriteAllTextAsync(Source, "Some words to be read.", Cancellation);
        _engine = await StubEndpoint.StartAsync();
        _worker = WorkerProcess.Serve(_folder, _engine.BaseUrl, null, "Stages:PollInterval=00:00:00.2");
        await _worker.WaitUntilReadyAsync();
        Assert.True(await _worker.TrySubmitAsync(new() { JobId = Guid.CreateVersion7(), Source = Source, Task = "describe" }));
        await TestWorker.WaitAsync(
            () => _worker.Client.GetStringAsync("insights", Cancellation), found => found.Contains("\"id\":1,", StringComparison.Ordinal));
        await using var ledger = new SqliteConnection($"Data Source={Path.Combine(_folder, "data", "ledger.db")}");
        await ledger.OpenAsync(Cancellation);
        await using var command = ledger.CreateCommand();
        command.CommandText = """
            UPDATE insight SET fields = '[{"pointer":"/summary","citations":[],"probability":0.25},{"pointer":"/language","citations":[]}]';
            UPDATE job SET lowest_confidence = 0.25
            """;
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_worker is not null) await _worker.DisposeAsync();
        if (_engine is not null) await _engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_insight_is_found_looked_at_corrected_found_by_its_correction_and_written_for_an_evaluation(bool remote)
    {
        var (found, list, _) = await RunAsync(remote, "search", "text");
        var (_, next, _) = await RunAsync(remote, "review", "next", "--below", "0.8");
        var (_, corrected, _) = await RunAsync(remote, "review", "correct", "1", "/summary", "貨物の一覧", "--note", "misread");
        var (_, gone, _) = await RunAsync(remote, "search", "summary:text");
        var (_, line, _) = await RunAsync(remote, "search", "貨物", "--json");
        var (_, accepted, _) = await RunAsync(remote, "review", "accept", "1");
        var (_, nothing, _) = await RunAsync(remote, "review", "next", "--below", "0.8");
        var target = Path.Combine(_folder, "items");
        var (_, written, _) = await RunAsync(remote, "review", "export", target);

        Assert.Equal(0, found);
        Assert.Contains("A text.", list, StringComparison.Ordinal);
        Assert.StartsWith($"Insight 1 of {Source}", next.ReplaceLineEndings(""), StringComparison.Ordinal);
        Assert.Contains("0.250", next, StringComparison.Ordinal);
        Assert.Equal("Insight 1 has 1 review now: /summary.", corrected.Trim());
        Assert.Equal("Nothing is found.", gone.Trim());
        var json = JsonDocument.Parse(line).RootElement;
        Assert.Equal("/summary", json.GetProperty("hit").GetProperty("field").GetString());
        Assert.Equal("貨物の一覧", json.GetProperty("reviewed").GetProperty("summary").GetString());
        Assert.Equal("A text.", json.GetProperty("record").GetProperty("insight").GetProperty("summary").GetString());
        Assert.Equal("Insight 1 has 2 reviews now: /language.", accepted.Trim());
        Assert.Equal("Nothing below 0.8 waits for a review.", nothing.Trim());
        Assert.StartsWith("1 items are in ", written, StringComparison.Ordinal);
        var item = Assert.Single(EvaluationFolder.Read(target));
        Assert.Equal("貨物の一覧", item.Expected.GetProperty("summary").GetString());
        Assert.Equal(["/summary", "/language"], item.Fields.Select(field => field.Pointers.Single()));
        Assert.Equal(await File.ReadAllBytesAsync(Source, Cancellation), await File.ReadAllBytesAsync(item.Media, Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_cannot_be_stored_is_a_sentence_and_changes_nothing(bool remote)
    {
        var (wrong, _, invalid) = await RunAsync(remote, "review", "correct", "1", "/summary", "17", "--json");
        var (_, _, noJson) = await RunAsync(remote, "review", "correct", "1", "/summary", "{", "--json");
        var (_, _, unknown) = await RunAsync(remote, "review", "reject", "99", "/summary");
        var (_, _, noField) = await RunAsync(remote, "review", "accept", "1", "/sumary");
        var (_, _, noWord) = await RunAsync(remote, "search", "--", "-text");
        var (first, _, _) = await RunAsync(remote, "review", "reject", "1", "/summary", "--revision", "0");
        var (second, _, overtaken) = await RunAsync(remote, "review", "accept", "1", "/summary", "--revision", "0");

        Assert.Equal((1, 0, 1), (wrong, first, second));
        Assert.Contains("At '/summary': ", invalid, StringComparison.Ordinal);
        Assert.StartsWith("The value is no JSON: ", noJson, StringComparison.Ordinal);
        Assert.Equal("There is no insight 99.", unknown.Trim());
        Assert.Contains("At '/sumary': There is no such field in the insight.", noField, StringComparison.Ordinal);
        Assert.StartsWith("The search names no word to be found", noWord, StringComparison.Ordinal);
        Assert.Contains("was faster: revision 1 is newer than the one that you saw.", overtaken, StringComparison.Ordinal);
        Assert.Contains("\"revision\":1,", await _worker.Client.GetStringAsync("insights/1", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_without_a_broker_says_so()
    {
        var (code, _, error) = await RunAsync(true, "messages", "list");
        var (redrive, _, again) = await RunAsync(true, "messages", "redrive", "--all");

        Assert.Equal((1, 1), (code, redrive));
        Assert.Contains(
            "Bus:Transport is InMemory: messages of a bus in memory do not outlive its process.", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Ledger:", again, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(bool remote, params string[] command)
    {
        string[] where = remote ? ["--server", $"{_worker.Client.BaseAddress}"] : ["--data", Path.Combine(_folder, "data")];
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        // In front of what is no option.
        var end = Array.IndexOf(command, "--");
        string[] all = end < 0 ? [.. command, .. where] : [.. command[..end], .. where, .. command[end..]];
        var code = await CommandLine.RunAsync(all, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
