using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Worker.Commands;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Cli;

/// <summary>Commands that ask a worker over HTTP, and the same ones on its ledger.</summary>
public sealed class ServerCommandTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_job_is_looked_at_retried_exported_and_cancelled_by_the_end_of_its_id(bool remote)
    {
        await using var worker = await TestWorker.StartAsync();
        var job = worker.Job("gone.txt");
        File.Delete(job.Source);
        await worker.SubmitAsync(job);
        await worker.WaitForEndAsync(job.JobId);
        var done = await worker.SubmitAsync(worker.Job("done.txt"));
        await worker.WaitForEndAsync(done);
        string[] where = remote ? ["--server", $"{worker.Client.BaseAddress}"] : ["--data", Path.Combine(worker.Folder, "data")];
        var end = job.JobId.ToString("N")[^8..];

        var (code, status, _) = await RunAsync(["status", "--json", .. where]);
        var (_, one, _) = await RunAsync(["status", end, "--quiet", .. where]);
        var (_, exported, _) = await RunAsync(["export", "--out", Path.Combine(worker.Folder, "all.jsonl"), .. where]);
        var (_, cancelled, why) = await RunAsync(["cancel", end, .. where]);
        File.WriteAllText(job.Source, "Some words.");
        var (_, retried, _) = await RunAsync(["retry", end, .. where]);

        Assert.Equal(0, code);
        var counts = JsonDocument.Parse(status).RootElement.GetProperty("counts").GetProperty("jobs");
        Assert.Equal((1, 1), (counts.GetProperty("rejected").GetInt32(), counts.GetProperty("completed").GetInt32()));
        Assert.Equal("rejected", one.Trim());
        Assert.Empty(exported);
        var line = Assert.Single(await File.ReadAllLinesAsync(Path.Combine(worker.Folder, "all.jsonl"), Cancellation));
        Assert.Equal("A text.", JsonDocument.Parse(line).RootElement.GetProperty("insight").GetProperty("summary").GetString());
        Assert.Equal(("", $"{job.JobId} has ended already (rejected)."), (cancelled, why.Trim()));
        Assert.StartsWith("1 made ready", retried, StringComparison.Ordinal);
        Assert.Equal(JobState.Completed, (await TestWorker.WaitAsync(
            async () => (await worker.Ledger.Reading.GetJobAsync(job.JobId, Cancellation))!.Job,
            found => found.State == JobState.Completed)).State);
    }

    [Theory]
    [InlineData("status", "not-an-id", "'not-an-id' is no job's id: give its 32 hexadecimal digits, or 4 or more of its beginning or end.")]
    [InlineData("cancel", "abc", "'abc' is no job's id: give its 32 hexadecimal digits, or 4 or more of its beginning or end.")]
    [InlineData("retry", "fffffff0", "There is no job whose id begins or ends with 'fffffff0'.")]
    [InlineData("status", "0199a1b27c3d70008000000000000001", "There is no job 0199a1b2-7c3d-7000-8000-000000000001.")]
    public async Task A_wrong_id_is_a_sentence(string command, string id, string sentence)
    {
        await using var worker = await TestWorker.StartAsync();

        foreach (string[] where in (string[][])[
            ["--server", $"{worker.Client.BaseAddress}"], ["--data", Path.Combine(worker.Folder, "data")]])
        {
            var (code, output, error) = await RunAsync([command, id, .. where]);
            Assert.Equal((1, "", sentence), (code, output, error.Trim()));
        }
    }

    [Fact]
    public async Task An_id_that_several_jobs_share_is_a_sentence_with_two_of_them()
    {
        await using var worker = await TestWorker.StartAsync();
        Guid[] ids = [new("0199a1b2-7c3d-7000-8000-000000000001"), new("0199a1b2-7c3d-7000-8000-000000000002")];
        foreach (var id in ids) await worker.SubmitAsync(worker.Job($"{id}.txt") with { JobId = id });

        var (code, _, error) = await RunAsync(["cancel", "0199a1b2", "--server", $"{worker.Client.BaseAddress}"]);

        Assert.Equal(1, code);
        Assert.Equal(
            $"The ids of several jobs begin or end with '0199a1b2', such as {ids[0]} and {ids[1]}: give more digits.", error.Trim());
    }

    [Fact]
    public async Task A_key_is_sent_and_a_missing_one_is_asked_for()
    {
        var folder = Directory.CreateTempSubdirectory("qwen35batch-keys-");
        var keys = Path.Combine(folder.FullName, "keys.json");
        var key = Path.Combine(folder.FullName, "key");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("a-long-secret")));
        await File.WriteAllTextAsync(keys, $$"""[{"name":"ci","sha256":"{{hash}}","role":"reader"}]""", Cancellation);
        await File.WriteAllTextAsync(key, "a-long-secret\n", Cancellation);
        await using var worker = await TestWorker.StartAsync(("Http:KeysFile", keys));
        string[] server = ["--server", $"{worker.Client.BaseAddress}"];

        var (right, _, _) = await RunAsync(["status", .. server, "--set", $"Server:KeyFile={key}"]);
        var (wrong, _, unknown) = await RunAsync(["status", .. server, "--set", "Server:Key=another"]);
        var (forbidden, _, role) = await RunAsync(["retry", "--failed", .. server, "--set", $"Server:KeyFile={key}"]);

        Assert.Equal((0, 1, 1), (right, wrong, forbidden));
        Assert.Contains("wants a key: The key is not known. Name it in Server:KeyFile", unknown, StringComparison.Ordinal);
        Assert.Contains("refuses: 'ci' is reader; this takes operator.", role, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Submit_says_what_was_there_already()
    {
        await using var worker = await TestWorker.StartAsync();
        string[] command = ["submit", worker.AddText("twice.txt"), "--task", "describe", "--server", $"{worker.Client.BaseAddress}"];
        var (_, first, _) = await RunAsync(command);
        await worker.WaitForEndAsync(Guid.Parse(first.Split(' ')[0]));

        var (code, second, error) = await RunAsync(command);

        Assert.Equal(0, code);
        Assert.Equal($"{first.Trim()} (the same job was there already: completed)", second.Trim());
        Assert.Equal("0 of 1 are new; the others were there already.", error.Trim());
    }

    [Fact]
    public async Task What_is_no_worker_is_a_sentence()
    {
        var (code, _, error) = await RunAsync(["status", "--server", "localhost"]);
        var (away, _, silent) = await RunAsync(["status", "--server", "http://127.0.0.1:9"]);

        Assert.Equal((1, 1), (code, away));
        Assert.Equal("--server takes the worker's address, such as http://127.0.0.1:5080; 'localhost' is none.", error.Trim());
        Assert.StartsWith("http://127.0.0.1:9/ does not answer: ", silent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_export_of_a_worker_is_lines()
    {
        await using var worker = await TestWorker.StartAsync();
        await worker.WaitForEndAsync(await worker.SubmitAsync(worker.Job("one.txt")));

        using var answer = await worker.Client.GetAsync("/export?source=one", Cancellation);
        var nothing = await worker.Client.GetStringAsync("/export?source=two", Cancellation);

        Assert.Equal("application/x-ndjson", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("textPart", (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation))
            .GetProperty("segment").GetProperty("kind").GetString());
        Assert.Empty(nothing);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] command)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var code = await CommandLine.RunAsync(command, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
