using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Qwen35Batch.Contracts;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Tests.Hosting;
using Qwen35Batch.Worker.Tests.Messaging;

namespace Qwen35Batch.Worker.Tests.Availability;

/// <summary>A PostgreSQL database that refuses connections and drops those that it has, and later takes them again.</summary>
public sealed class LedgerOutageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_result_is_kept_while_the_ledger_is_away_and_stored_when_it_is_back()
    {
        var server = await PostgresServer.SharedAsync();
        if (server.SkipReason is { } reason) Assert.Skip(reason);
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        await using var worker = await TestWorker.StartAsync(
            ("Ledger:Provider", "PostgreSql"), ("Ledger:ConnectionString", database.ConnectionString));
        var answer = new TaskCompletionSource();
        worker.Model.BeforeAnswer = (call, _) => call.Number == 1 ? answer.Task : Task.CompletedTask;
        var job = await worker.SubmitAsync(worker.Job("kept.txt"));
        await worker.Model.FirstCall;

        await SetAvailableAsync(database, false);
        answer.SetResult();
        using var refused = await worker.Client.PostAsJsonAsync("/jobs", worker.Job("refused.txt"), Cancellation);
        await TestWorker.WaitAsync(
            () => StatusAsync(worker), status => status == HttpStatusCode.ServiceUnavailable, "The outage in health");
        await SetAvailableAsync(database, true);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(JobState.Completed, (await worker.WaitForEndAsync(job)).State);
        Assert.Equal(1, worker.Model.Calls);

        var next = await worker.SubmitAsync(worker.Job("next.txt"));
        Assert.Equal(JobState.Completed, (await worker.WaitForEndAsync(next)).State);
    }

    [Fact]
    public async Task A_worker_whose_ledger_is_away_at_the_start_waits_for_it()
    {
        var server = await PostgresServer.SharedAsync();
        if (server.SkipReason is { } reason) Assert.Skip(reason);
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        await SetAvailableAsync(database, false);

        await using var worker = await TestWorker.StartAsync(
            ("Ledger:Provider", "PostgreSql"), ("Ledger:ConnectionString", database.ConnectionString));
        using var before = await worker.Client.GetAsync("/health/ready", Cancellation);
        await SetAvailableAsync(database, true);
        await TestWorker.WaitAsync(() => StatusAsync(worker), status => status == HttpStatusCode.OK);
        var job = await worker.SubmitAsync(worker.Job("late.txt"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, before.StatusCode);
        Assert.Equal(JobState.Completed, (await worker.WaitForEndAsync(job)).State);
    }

    [Fact]
    public async Task A_worker_that_finds_a_newer_ledger_when_it_is_back_stops_as_at_its_start()
    {
        var server = await PostgresServer.SharedAsync();
        if (server.SkipReason is { } reason) Assert.Skip(reason);
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        (string, string)[] settings = [("Ledger:Provider", "PostgreSql"), ("Ledger:ConnectionString", database.ConnectionString)];
        await using (await TestWorker.StartAsync(settings))
        {
            // It makes the tables.
        }

        await ExecuteAsync(database.ConnectionString, """INSERT INTO "__EFMigrationsHistory" VALUES ('99990101000000_Newer', '10.0.0')""");
        await SetAvailableAsync(database, false);

        await using var worker = await TestWorker.StartAsync(settings);
        var stopping = new TaskCompletionSource();
        worker.Server.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        await SetAvailableAsync(database, true);

        await stopping.Task.WaitAsync(Hang.Limit, Cancellation);
        Environment.ExitCode = 0;
        await worker.StopAsync();
    }

    [Fact]
    public async Task A_message_that_comes_while_the_ledger_is_away_for_long_waits_in_its_queue_undelivered_and_is_taken_later()
    {
        var server = await PostgresServer.SharedAsync();
        var broker = await RabbitMqServer.SharedAsync();
        if ((server.SkipReason ?? broker.SkipReason) is { } reason) Assert.Skip(reason);
        var host = broker.NewVirtualHost();
        var (settings, name) = BusTests.RabbitMq(host);
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        await using var worker = await TestWorker.StartAsync(
            [
                .. settings,
                ("Ledger:Provider", "PostgreSql"),
                ("Ledger:ConnectionString", database.ConnectionString),
                ("Bus:OutageHold", "00:00:00.3")
            ]);
        var bus = worker.Server.Services.GetRequiredService<IBusControl>();
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, Hang.Limit);
        var deliveries = new DeliveryCount();
        bus.ConnectReceiveObserver(deliveries);
        await using var queue = await RabbitMqQueue.ConnectAsync(host, name);
        var job = worker.Job("held.txt");

        await SetAvailableAsync(database, false);
        await queue.PublishAsync(JsonSerializer.SerializeToUtf8Bytes(job, JsonSerializerOptions.Web), "application/json");
        await TestWorker.WaitAsync(() => queue.CountAsync(), count => count == 1, "The message in its queue");
        Assert.Equal(1, deliveries.Count);
        await SetAvailableAsync(database, true);

        await TestWorker.WaitAsync(
            () => worker.Ledger.Reading.GetJobAsync(job.JobId, Cancellation), found => found?.Job.State == JobState.Completed);
        Assert.Empty(await worker.Ledger.Submissions.ListRejectedMessagesAsync(0, 10, Cancellation));
        Assert.Equal(0u, await queue.CountAsync("_error"));
    }

    private static async Task<HttpStatusCode> StatusAsync(TestWorker worker)
    {
        using var ready = await worker.Client.GetAsync("/health/ready", Cancellation);
        return ready.StatusCode;
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private static async Task SetAvailableAsync(PostgresDatabase database, bool available)
    {
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var name = settings.Database;
        settings.Database = "postgres";
        settings.Pooling = false;
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(Cancellation);
        await using (var allow = new NpgsqlCommand($"ALTER DATABASE {name} ALLOW_CONNECTIONS {(available ? "true" : "false")}", connection))
            await allow.ExecuteNonQueryAsync(Cancellation);
        if (available) return;

        await using var drop = new NpgsqlCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", connection)
        {
            Parameters = { new() { Value = name } }
        };
        await drop.ExecuteNonQueryAsync(Cancellation);
    }
}
