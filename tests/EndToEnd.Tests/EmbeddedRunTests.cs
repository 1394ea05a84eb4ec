using System.Text.Json;

namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>What <c>demo.sh</c> does: real media, the bundled model, the embedded defaults.</summary>
public sealed class EmbeddedRunTests
{
    // Short answers: what is tested here happens around them.
    private static readonly string[] Short = ["--max-tokens", "96"];
    private static readonly string[] SmallSamples = ["shapes.jpg", "invoice.pdf", "order.md"];

    [Fact]
    public async Task A_run_over_the_samples_stores_valid_cited_insights_and_a_second_run_repeats_nothing()
    {
        using var folder = new TemporaryFolder();
        string[] command = ["run", WorkerProcess.SamplesFolder, "--data", folder.File("data"), "--out", folder.File("insights.jsonl")];

        var first = await WorkerProcess.RunAsync(command);
        Assert.True(first.ExitCode == 0, first.Output);
        var lines = await InsightLines.ReadAsync(folder.File("insights.jsonl"));

        await InsightLines.AssertEveryInsightOnceAsync(
            lines, Directory.GetFiles(WorkerProcess.SamplesFolder).Select(file => Path.GetFileName(file)));
        Assert.All(lines, line => Assert.NotEqual(0, line.GetProperty("citations").GetArrayLength()));
        Assert.All(lines, line => Assert.True(line.GetProperty("usage").GetProperty("outputTokens").GetInt32() > 0));
        Assert.Equal([1, 2], Pages(lines, "invoice.pdf"));

        var second = await WorkerProcess.RunAsync(command);
        Assert.True(second.ExitCode == 0, second.Output);
        Assert.Contains("were there before", second.Output, StringComparison.Ordinal);
        Assert.Equal(
            lines.Select(line => line.GetRawText()),
            (await InsightLines.ReadAsync(folder.File("insights.jsonl"))).Select(line => line.GetRawText()));
    }

    [Theory]
    [InlineData("after-claim")]
    [InlineData("after-infer")]
    [InlineData("after-complete")]
    public async Task A_run_killed_in_the_middle_is_finished_by_the_same_command_with_every_insight_once(string failpoint)
    {
        using var folder = new TemporaryFolder();
        string[] command =
        [
            "run", .. SmallSamples.Select(WorkerProcess.Sample), "--data", folder.File("data"), "--out", folder.File("insights.jsonl"),
            .. Short
        ];

        await using (var killed = WorkerProcess.Start(new Dictionary<string, string> { ["QWEN35BATCH_FAILPOINT"] = failpoint }, command))
            Assert.Equal(137, await killed.ExitCodeAsync());
        Assert.False(File.Exists(folder.File("insights.jsonl")));

        var again = await WorkerProcess.RunAsync(command);
        Assert.True(again.ExitCode == 0, again.Output);
        await InsightLines.AssertEveryInsightOnceAsync(await InsightLines.ReadAsync(folder.File("insights.jsonl")), SmallSamples);
    }

    [Fact]
    public async Task Ctrl_C_stops_a_run_with_130_and_the_same_command_finishes_it()
    {
        using var folder = new TemporaryFolder();
        string[] command =
        [
            "run", WorkerProcess.SamplesFolder, "--data", folder.File("data"), "--out", folder.File("insights.jsonl"), .. Short,
            "--set", "Stages:DrainTimeout=00:00:00",
        ];

        await using (var stopped = WorkerProcess.Start(null, command))
        {
            await stopped.WroteAsync("jobs 0/6");
            var refused = await WorkerProcess.RunAsync(command);
            Assert.Equal(1, refused.ExitCode);
            Assert.StartsWith("Another qwen35batch is working on", refused.Output, StringComparison.Ordinal);

            await stopped.SignalAsync("INT");
            Assert.Equal(130, await stopped.ExitCodeAsync());
            Assert.Contains("The same command again goes on from here.", stopped.Output, StringComparison.Ordinal);
        }

        var again = await WorkerProcess.RunAsync(command);
        Assert.True(again.ExitCode == 0, again.Output);
        await InsightLines.AssertEveryInsightOnceAsync(
            await InsightLines.ReadAsync(folder.File("insights.jsonl")),
            Directory.GetFiles(WorkerProcess.SamplesFolder).Select(file => Path.GetFileName(file)));
    }

    [Fact]
    public async Task A_timeline_that_cannot_be_written_stops_the_run_before_any_work()
    {
        using var folder = new TemporaryFolder();
        var timeline = Path.Combine(folder.File("missing"), "timeline.csv");

        var run = await WorkerProcess.RunAsync(
            "run", WorkerProcess.Sample("order.md"), "--data", folder.File("data"), "--timeline", timeline);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(timeline, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("jobs 0/1", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_file_is_named_and_its_neighbours_complete()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("in"));
        File.Copy(WorkerProcess.Sample("shapes.jpg"), folder.File("in/good.jpg"));
        var video = await File.ReadAllBytesAsync(WorkerProcess.Sample("clip.mp4"), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(folder.File("in/broken.mp4"), video[..600], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("in/empty.png"), "", TestContext.Current.CancellationToken);
        File.Copy(WorkerProcess.Sample("shapes.jpg"), folder.File("in/two\nlines.jpg"));
        using (var made = System.Diagnostics.Process.Start("mkfifo", [folder.File("in/pipe.jpg")]))
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);

        var run = await WorkerProcess.RunAsync(
            ["run", folder.File("in"), "--data", folder.File("data"), "--out", folder.File("insights.jsonl"), .. Short]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("broken.mp4", run.Output, StringComparison.Ordinal);
        Assert.Contains("empty.png", run.Output, StringComparison.Ordinal);
        Assert.Contains("two?lines.jpg is left out: its path has control characters.", run.Output, StringComparison.Ordinal);
        Assert.Contains("pipe.jpg", run.Output, StringComparison.Ordinal);
        Assert.Equal("good.jpg", InsightLines.Source(Assert.Single(await InsightLines.ReadAsync(folder.File("insights.jsonl")))));
    }

    [Theory]
    [InlineData("Engine:Slots=lots", "Engine:Slots is 'lots'; it takes a whole number.")]
    [InlineData("Bus:Transport=Pigeon", "Bus:Transport is 'Pigeon'; it takes InMemory or RabbitMq.")]
    [InlineData("Stages:Wheels=4", "The setting 'Stages:Wheels' is not known;")]
    public async Task A_wrong_setting_is_one_sentence_and_exit_code_1(string setting, string sentence)
    {
        using var folder = new TemporaryFolder();
        var run = await WorkerProcess.RunAsync("run", WorkerProcess.Sample("order.md"), "--data", folder.File("data"), "--set", setting);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(sentence, Assert.Single(run.Output.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    private static int[] Pages(IEnumerable<JsonElement> lines, string file) =>
    [
        .. lines.Where(line => InsightLines.Source(line) == file)
            .Select(line => line.GetProperty("segment")).Where(segment => segment.TryGetProperty("page", out _))
            .Select(segment => segment.GetProperty("page").GetInt32()).Order(),
    ];
}
