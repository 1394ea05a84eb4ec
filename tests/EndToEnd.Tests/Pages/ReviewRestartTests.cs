using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Qwen35Batch.Contracts;

namespace Qwen35Batch.EndToEnd.Tests.Pages;

/// <summary>Reviews by a worker that ends or begins anew between what it is asked and what it answers.</summary>
public sealed class ReviewRestartTests : IAsyncLifetime
{
    private const string Review = """{"fields":[{"pointer":"/city","verdict":"corrected","value":"Hull"}]}""";

    private readonly TemporaryFolder _folder = new();
    private ReadingEndpoint? _endpoint;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_folder.File("tasks"));
        Directory.CreateDirectory(_folder.File("media"));
        await File.WriteAllTextAsync(_folder.File("media/one.md"), "Number: H-1\nCity: Kobe\nTotal: 1\n");
        await WriteTaskAsync(longestCity: 200);
        _endpoint = await ReadingEndpoint.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_endpoint is not null) await _endpoint.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_worker_that_is_killed_between_a_review_and_its_reply_changes_nothing_when_it_is_said_again()
    {
        await using (var killed = await StartAsync("after-review"))
        {
            await AnswerAsync(killed);
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => PutAsync(killed, 0, Review));
            Assert.Equal(137, await killed.ExitCodeAsync());
        }

        await using var worker = await StartAsync(null);
        Assert.Equal(1, (await InsightAsync(worker)).GetProperty("revision").GetInt32());
        var again = await PutAsync(worker, 0, Review);

        Assert.Equal((HttpStatusCode.OK, 1), (again.Status, again.Body.GetProperty("revision").GetInt32()));
        Assert.Single((await InsightAsync(worker)).GetProperty("reviews").EnumerateArray());
        Assert.Equal(1, Count("SELECT count(*) FROM outbox WHERE topic = 'InsightReviewed'"));
    }

    [Fact]
    public async Task An_insight_is_judged_by_the_version_of_its_task_that_it_answers_and_where_that_is_not_kept_it_is_said()
    {
        await using (var first = await StartAsync(null)) await AnswerAsync(first);
        await WriteTaskAsync(longestCity: 3);

        await using var worker = await StartAsync(null);
        var kept = await InsightAsync(worker);
        var valid = await PutAsync(worker, 0, Review);
        Execute("DELETE FROM task_version");
        var unknown = await InsightAsync(worker);
        var invalid = await PutAsync(worker, 1, """{"fields":[{"pointer":"/city","verdict":"corrected","value":"Leith"}]}""");

        Assert.Equal(JsonValueKind.Null, kept.GetProperty("schemaNote").ValueKind);
        Assert.Equal(200, LongestCity(kept));
        Assert.Equal(HttpStatusCode.OK, valid.Status);
        Assert.Contains("whose schema is not kept", unknown.GetProperty("schemaNote").GetString(), StringComparison.Ordinal);
        Assert.Equal(3, LongestCity(unknown));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, invalid.Status);
        Assert.Contains("judged by the present version", invalid.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static int LongestCity(JsonElement insight) => insight.GetProperty("schema").GetProperty("properties").GetProperty("city")
        .GetProperty("maxLength").GetInt32();

    private Task<ServingWorker> StartAsync(string? failpoint) => ServingWorker.StartAsync(
        _folder.File("data"), failpoint, "--allow", _folder.File("media"), "--set", "Stages:PollInterval=00:00:00.2",
        "--set", "Engine:Kind=OpenAI", "--set", $"Engine:BaseUrl={_endpoint!.BaseUrl}", "--set", "Engine:Model=reader",
        "--set", $"Tasks:Folder={_folder.File("tasks")}");

    private Task WriteTaskAsync(int longestCity) => File.WriteAllTextAsync(_folder.File("tasks/planted.json"), $$"""
        {
          "name": "planted", "description": "Labelled values.", "kinds": ["text"], "prompt": ["Read the labelled values."],
          "schema": {
            "type": "object",
            "properties": {
              "number": {"type": "string", "minLength": 1, "maxLength": 200},
              "city": {"type": "string", "minLength": 1, "maxLength": {{longestCity}}},
              "total": {"type": "number", "minimum": 0}
            },
            "required": ["number", "city", "total"], "additionalProperties": false
          }
        }
        """);

    private async Task AnswerAsync(ServingWorker worker)
    {
        using var answer = await worker.Http.PostAsJsonAsync(
            "jobs", new SubmitJob { JobId = Guid.CreateVersion7(), Source = _folder.File("media/one.md"), Task = "planted" },
            TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await Deadline.UntilAsync(
            async () => (await worker.Http.GetStringAsync("jobs?state=Completed")).Contains("one.md", StringComparison.Ordinal),
            () => worker.Output);
    }

    private static async Task<JsonElement> InsightAsync(ServingWorker worker) =>
        await worker.Http.GetFromJsonAsync<JsonElement>("insights/1", TestContext.Current.CancellationToken);

    private static async Task<(HttpStatusCode Status, JsonElement Body)> PutAsync(ServingWorker worker, int revision, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "insights/1/reviews")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("If-Match", $"\"{revision}\"");
        using var answer = await worker.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken));
    }

    private void Execute(string sql)
    {
        using var connection = Open();
        using var command = Command(connection, sql);
        command.ExecuteNonQuery();
    }

    private long Count(string sql)
    {
        using var connection = Open();
        using var command = Command(connection, sql);
        return (long)command.ExecuteScalar()!;
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={_folder.File("data/ledger.db")};Pooling=False");
        connection.Open();
        return connection;
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Nothing foreign is in it.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
