using System.Text.Json;
using System.Text.Json.Nodes;

namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>The bundled model against known answers.</summary>
public sealed class EvalCommandTests
{
    // Of two items of each kind in samples/eval, the share all of whose fields must be right: raise it with a better model.
    private const double Floor = 0.9;
    private const int FloorItems = 24;

    [Fact]
    public async Task Items_are_right_exactly_where_the_model_says_what_is_expected()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("eval"));
        File.Copy(WorkerProcess.Sample("shapes.jpg"), folder.File("eval/picture.jpg"));
        var run = await WorkerProcess.RunAsync(
            "run",
            folder.File("eval/picture.jpg"),
            "--task",
            "describe",
            "--data",
            folder.File("data"),
            "--out",
            folder.File("insights.jsonl"));
        Assert.True(run.ExitCode == 0, run.Output);
        var answer = Assert.Single(await InsightLines.ReadAsync(folder.File("insights.jsonl"))).GetProperty("insight");
        var name = answer.EnumerateObject().First(property => property.Value.ValueKind == JsonValueKind.String).Name;
        var wrong = JsonNode.Parse(answer.GetRawText())!;
        wrong[name] = "something else";
        await File.WriteAllLinesAsync(
            folder.File("eval/items.jsonl"),
            [Item("right", answer.GetRawText(), name), Item("wrong", wrong.ToJsonString(), name)],
            TestContext.Current.CancellationToken);

        string[] command =
        [
            "eval", folder.File("eval"), "--data", folder.File("eval-data"), "--report", folder.File("report.html"), "--json"
        ];
        var evaluated = await WorkerProcess.RunAsync(command);

        Assert.True(evaluated.ExitCode == 0, evaluated.Output);
        Assert.Equal(
            $$"""{"accuracy":0.5,"fields":{"right/first":1,"right/keys":1,"wrong/first":0,"wrong/keys":1},"items":2}""",
            evaluated.Output.TrimEnd().Split('\n')[^1]);
        var report = await File.ReadAllTextAsync(folder.File("report.html"), TestContext.Current.CancellationToken);
        Assert.Contains("<img src=\"eval/picture.jpg\"", report, StringComparison.Ordinal);
        Assert.Contains("something else", report, StringComparison.Ordinal);

        var one = await WorkerProcess.RunAsync([.. command, "--kind", "right", "--limit", "1"]);
        Assert.EndsWith("\"items\":1}", one.Output.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("were there before", one.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_malformed_line_and_an_unknown_task_are_sentences_and_exit_code_1()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("picture.jpg"), "", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("items.jsonl"), "{\"id\":", TestContext.Current.CancellationToken);
        var malformed = await WorkerProcess.RunAsync("eval", folder.Path, "--data", folder.File("data"));
        Assert.Equal(1, malformed.ExitCode);
        Assert.StartsWith($"{folder.File("items.jsonl")}, line 1: ", malformed.Output, StringComparison.Ordinal);

        await File.WriteAllTextAsync(
            folder.File("items.jsonl"),
            Item("x", "{}", "a").Replace("describe", "divine", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        var unknown = await WorkerProcess.RunAsync("eval", folder.Path, "--data", folder.File("data"));
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("task is 'divine'; the tasks are ", unknown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_stops_an_evaluation_with_130()
    {
        using var folder = new TemporaryFolder();
        File.Copy(WorkerProcess.Sample("clip.mp4"), folder.File("picture.jpg"));
        await File.WriteAllTextAsync(
            folder.File("items.jsonl"),
            Item("x", "{}", "a").Replace("describe", "video", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        await using var stopped = WorkerProcess.Start(
            null, "eval", folder.Path, "--data", folder.File("data"), "--set", "Stages:DrainTimeout=00:00:00");

        await stopped.WroteAsync("jobs 0/1");
        await stopped.SignalAsync("INT");

        Assert.Equal(130, await stopped.ExitCodeAsync());
    }

    [Fact]
    public async Task The_bundled_model_answers_the_bundled_evaluation_as_well_as_promised()
    {
        var samples = Path.Combine(Repository.Folder, "samples", "eval");
        Assert.SkipUnless(File.Exists(Path.Combine(samples, "items.jsonl")), "There is no samples/eval.");
        using var folder = new TemporaryFolder();

        var evaluated = await WorkerProcess.RunAsync("eval", samples, "--limit", $"{FloorItems}", "--data", folder.File("data"), "--json");

        Assert.True(evaluated.ExitCode == 0, evaluated.Output);
        using var result = JsonDocument.Parse(evaluated.Output.TrimEnd().Split('\n')[^1]);
        Assert.Equal(FloorItems, result.RootElement.GetProperty("items").GetInt32());
        Assert.True(result.RootElement.GetProperty("accuracy").GetDouble() >= Floor, evaluated.Output);
    }

    private static string Item(string kind, string expected, string name) =>
        $$$"""
        {"id":"{{{kind}}}-1","kind":"{{{kind}}}","media":"picture.jpg","task":"describe",
        """
        + $$$"""
        "expected":{{{expected}}},"fields":{"first":["/{{{name}}}"],"keys":"/no such key"}}
        """;
}
