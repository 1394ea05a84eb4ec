using System.Text.Json;
using Parquet.Serialization;

namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>The commands that look and steer, on the ledger of one finished run.</summary>
public sealed class LedgerCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private List<JsonElement> _lines = [];

    private string Data => _folder.File("data");

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_folder.File("empty.png"), "");
        var run = await WorkerProcess.RunAsync(
            "run", WorkerProcess.Sample("order.md"), WorkerProcess.Sample("receipt-ja.png"), _folder.File("empty.png"),
            "--data", Data, "--out", _folder.File("insights.jsonl"), "--max-tokens", "96");
        Assert.True(run.ExitCode == 2, run.Output);
        _lines = await InsightLines.ReadAsync(_folder.File("insights.jsonl"));
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Exported_csv_and_parquet_can_be_read_back_and_hold_the_same_as_the_lines()
    {
        // As the file's ending says, and as the option does whatever the ending.
        await SucceedAsync("export", "--out", _folder.File("insights.csv"));
        await SucceedAsync("export", "--format", "parquet", "--out", _folder.File("insights.data"));

        var csv = CsvTable.Parse(await File.ReadAllTextAsync(_folder.File("insights.csv"), TestContext.Current.CancellationToken));
        await using var file = File.OpenRead(_folder.File("insights.data"));
        var parquet = await ParquetSerializer.DeserializeAsync<ExportedInsight>(
            file, cancellationToken: TestContext.Current.CancellationToken);

        Assert.NotEmpty(_lines);
        var expected = _lines.Select(line => (line.GetProperty("source").GetString()!, line.GetProperty("insight").GetRawText())).ToList();
        Assert.Equal(expected, csv.Select(row => (row["source"], row["insight"])));
        Assert.Equal(expected, parquet.Data.Select(row => (row.source, row.insight)));
        Assert.Equal(
            _lines.Select(line => line.GetProperty("usage").GetProperty("outputTokens").GetInt32()),
            parquet.Data.Select(row => row.output_tokens));
    }

    [Fact]
    public async Task A_folder_without_a_ledger_and_a_file_that_cannot_be_written_are_named()
    {
        var missing = await WorkerProcess.RunAsync("status", "--data", _folder.File("nothing"));
        Assert.Equal(1, missing.ExitCode);
        Assert.StartsWith($"There is no ledger {_folder.File("nothing/ledger.db")}", missing.Output, StringComparison.Ordinal);

        var notAFolder = await WorkerProcess.RunAsync("run", WorkerProcess.Sample("order.md"), "--data", _folder.File("empty.png"));
        Assert.Equal(1, notAFolder.ExitCode);
        Assert.StartsWith($"'{_folder.File("empty.png")}' cannot be the data folder: ", notAFolder.Output, StringComparison.Ordinal);

        var target = Path.Combine(_folder.File("empty.png"), "insights.jsonl");
        var unwritten = await WorkerProcess.RunAsync("export", "--data", Data, "--out", target);
        Assert.Equal(1, unwritten.ExitCode);
        Assert.StartsWith($"'{target}' cannot be written: ", unwritten.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_tells_what_failed_and_retry_makes_it_ready_again()
    {
        var before = await SucceedAsync("status");
        Assert.Contains("rejected", before, StringComparison.Ordinal);
        Assert.Contains("empty.png", before, StringComparison.Ordinal);

        Assert.Contains("1 made ready", await SucceedAsync("retry", "--failed"), StringComparison.Ordinal);

        var after = await SucceedAsync("status");
        Assert.DoesNotContain("rejected", after, StringComparison.Ordinal);
        Assert.Contains("accepted", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_submitted_job_can_be_cancelled_once()
    {
        var submitted = await SucceedAsync("submit", WorkerProcess.Sample("shapes.jpg"));
        var id = submitted.Split(' ')[0];

        Assert.Contains("is cancelled", await SucceedAsync("cancel", id), StringComparison.Ordinal);

        Assert.Contains("cancelled", await SucceedAsync("status", id[^8..]), StringComparison.Ordinal);
        var again = await WorkerProcess.RunAsync("cancel", id, "--data", Data);
        Assert.Equal(1, again.ExitCode);
        Assert.Equal($"{id} has ended already (cancelled).", again.Output.Trim());
    }

    private async Task<string> SucceedAsync(params string[] command)
    {
        var (exitCode, output) = await WorkerProcess.RunAsync([.. command, "--data", Data]);
        Assert.True(exitCode == 0, output);
        return output;
    }

#pragma warning disable IDE1006, CA1812 // The properties are named as the columns; the serializer makes the rows.
    private sealed class ExportedInsight
    {
        public string source { get; set; } = "";

        public string insight { get; set; } = "";

        public int output_tokens { get; set; }
    }
#pragma warning restore IDE1006, CA1812
}
