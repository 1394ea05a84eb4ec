using System.Text.Json;
using NJsonSchema;

namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>What <c>demo.sh</c> does: real media, the bundled model, the embedded defaults.</summary>
public sealed class EmbeddedRunTests
{
    [Fact]
    public async Task A_run_over_the_samples_stores_valid_cited_insights_and_a_second_run_repeats_nothing()
    {
        using var folder = new TemporaryFolder();
        string[] command = ["run", WorkerProcess.SamplesFolder, "--data", folder.File("data"), "--out", folder.File("insights.jsonl")];

        var first = await WorkerProcess.RunAsync(command);
        Assert.True(first.ExitCode == 0, first.Output);
        var lines = await ReadLinesAsync(folder.File("insights.jsonl"));

        var sources = lines.Select(line => Path.GetFileName(line.GetProperty("source").GetString()!)).ToHashSet();
        Assert.Equal(Directory.GetFiles(WorkerProcess.SamplesFolder).Select(Path.GetFileName).ToHashSet()!, sources!);
        foreach (var line in lines) await AssertValidAsync(line);
        Assert.All(lines, line => Assert.NotEqual(0, line.GetProperty("citations").GetArrayLength()));
        Assert.All(lines, line => Assert.True(line.GetProperty("usage").GetProperty("outputTokens").GetInt32() > 0));
        Assert.Equal([1, 2], Pages(lines, "invoice.pdf"));

        var second = await WorkerProcess.RunAsync(command);
        Assert.True(second.ExitCode == 0, second.Output);
        Assert.Contains("were there before", second.Output, StringComparison.Ordinal);
        Assert.Equal(lines.Select(line => line.GetRawText()), (await ReadLinesAsync(folder.File("insights.jsonl"))).Select(line => line.GetRawText()));
    }

    [Theory]
    [InlineData("after-claim")]
    [InlineData("after-infer")]
    [InlineData("after-complete")]
    public async Task A_run_killed_in_the_middle_is_finished_by_the_same_command_with_every_insight_once(string failpoint)
    {
        using var folder = new TemporaryFolder();
        string[] command = ["run", WorkerProcess.SamplesFolder, "--data", folder.File("data"), "--out", folder.File("insights.jsonl")];

        await using (var killed = WorkerProcess.Start(new Dictionary<string, string> { ["QWEN35BATCH_FAILPOINT"] = failpoint }, command))
            Assert.NotEqual(0, await killed.ExitCodeAsync());
        Assert.False(File.Exists(folder.File("insights.jsonl")));

        var again = await WorkerProcess.RunAsync(command);
        Assert.True(again.ExitCode == 0, again.Output);
        var lines = await ReadLinesAsync(folder.File("insights.jsonl"));
        var keys = lines.Select(line => (line.GetProperty("job").GetString(), line.GetProperty("segment").GetProperty("number").GetInt32())).ToList();
        Assert.Equal(keys.Count, keys.Distinct().Count());
        Assert.Equal(Directory.GetFiles(WorkerProcess.SamplesFolder).Length, keys.Select(key => key.Item1).Distinct().Count());
        foreach (var line in lines) await AssertValidAsync(line);
    }

    [Fact]
    public async Task A_broken_file_is_named_and_its_neighbours_complete()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("in"));
        File.Copy(Path.Combine(WorkerProcess.SamplesFolder, "harbour.jpg"), folder.File("in/good.jpg"));
        await File.WriteAllBytesAsync(folder.File("in/broken.mp4"), (await File.ReadAllBytesAsync(Path.Combine(WorkerProcess.SamplesFolder, "gate.mp4"), TestContext.Current.CancellationToken))[..600], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("in/empty.png"), "", TestContext.Current.CancellationToken);

        var run = await WorkerProcess.RunAsync("run", folder.File("in"), "--data", folder.File("data"), "--out", folder.File("insights.jsonl"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("broken.mp4", run.Output, StringComparison.Ordinal);
        Assert.Contains("empty.png", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("good.jpg", Assert.Single(await ReadLinesAsync(folder.File("insights.jsonl"))).GetProperty("source").GetString(), StringComparison.Ordinal);
    }

    private static int[] Pages(IEnumerable<JsonElement> lines, string file) =>
    [
        .. lines.Where(line => line.GetProperty("source").GetString()!.EndsWith(file, StringComparison.Ordinal))
            .Select(line => line.GetProperty("segment")).Where(segment => segment.TryGetProperty("page", out _))
            .Select(segment => segment.GetProperty("page").GetInt32()).Order(),
    ];

    private static async Task<List<JsonElement>> ReadLinesAsync(string file) =>
        [.. (await File.ReadAllLinesAsync(file)).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>Against the schema as the program prints it, by a validator that is not ours.</summary>
    private static async Task AssertValidAsync(JsonElement line)
    {
        var task = line.GetProperty("task").GetProperty("name").GetString()!;
        var synthesis = line.GetProperty("segment").GetProperty("kind").GetString() == "synthesis";
        var schema = await Schemas.GetAsync(task, synthesis);
        var errors = schema.Validate(line.GetProperty("insight").GetRawText());
        Assert.True(errors.Count == 0, $"{task}: {string.Join("; ", errors)} in {line.GetProperty("insight").GetRawText()}");
    }

    private static class Schemas
    {
        private static readonly Dictionary<(string Task, bool Synthesis), JsonSchema> Known = [];

        public static async Task<JsonSchema> GetAsync(string task, bool synthesis)
        {
            if (Known.TryGetValue((task, synthesis), out var schema)) return schema;
            var printed = await WorkerProcess.RunAsync(synthesis ? ["tasks", "--schema", task, "--synthesis"] : ["tasks", "--schema", task]);
            Assert.Equal(0, printed.ExitCode);
            return Known[(task, synthesis)] = await JsonSchema.FromJsonAsync(printed.Output);
        }
    }
}
