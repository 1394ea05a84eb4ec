using System.Text.Json;
using Qwen35Batch.Contracts;

namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>A question through RabbitMQ, to a worker with the bundled model, on PostgreSQL.</summary>
public sealed class QuestionTests
{
    [Fact]
    public async Task A_question_from_the_bus_to_the_bundled_model_ends_with_a_sentence_that_says_what_to_do()
    {
        await using var room = await ServerRoom.OpenAsync();
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("tasks"));
        await File.WriteAllTextAsync(
            folder.File("tasks/study.json"),
            """
            { "name": "study", "kind": "agent", "description": "A study.", "prompt": "You plan a small study.",
              "tools": { "arxiv_search": {}, "write_report": {} } }
            """,
            TestContext.Current.CancellationToken);
        await using var worker = await room.StartWorkerAsync(null, "--set", $"Tasks:Folder={folder.File("tasks")}");
        var job = Guid.CreateVersion7();

        await room.Broker.SendAsync(JsonSerializer.Serialize(new { jobId = job, question = "What is new in experts?", task = "study" }));

        var rejected = await Deadline.UntilAsync(
            () => Task.FromResult(room.Broker.Events<JobRejected>().FirstOrDefault(rejected => rejected.JobId == job)),
            () => worker.Output);
        Assert.Equal(RejectionReason.InvalidAnswer, rejected!.Reason);
        Assert.Contains("The bundled model cannot plan", rejected.Detail, StringComparison.Ordinal);
        Assert.Equal("Plan", await room.QueryAsync<string>("select string_agg(kind, ',') from step"));
    }
}
