using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Qwen35Batch.Contracts;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Tests.Availability;
using Qwen35Batch.Worker.Tests.Hosting;
using Qwen35Batch.Worker.Tests.Messaging;

namespace Qwen35Batch.Worker.Tests.Health;

/// <summary>Servers whose connections stay open and that answer nothing.</summary>
public sealed class SilentServersTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silent_database_and_a_silent_broker_are_named_and_work_goes_on_when_they_speak_again()
    {
        var server = await PostgresServer.SharedAsync();
        var broker = await RabbitMqServer.SharedAsync();
        if ((server.SkipReason ?? broker.SkipReason) is { } reason) Assert.Skip(reason);
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString) { CommandTimeout = 5, Timeout = 5 };
        await using var toDatabase = new SilentProxy(connection.Port);
        connection.Port = toDatabase.Port;
        var host = broker.NewVirtualHost();
        await using var toBroker = new SilentProxy(host.Port);
        var (settings, _) = BusTests.RabbitMq(host with { Port = toBroker.Port });
        await using var worker = await TestWorker.StartAsync(
            [.. settings, ("Ledger:Provider", "PostgreSql"), ("Ledger:ConnectionString", connection.ConnectionString)]);
        await worker.Server.Services.GetRequiredService<IBusControl>()
            .WaitForHealthStatus(BusHealthStatus.Healthy, Hang.Limit);
        await TestWorker.WaitAsync(() => ReadyAsync(worker), ready => ready.Status == HttpStatusCode.OK);

        toDatabase.Silence();
        toBroker.Silence();
        await TestWorker.WaitAsync(
            () => ReadyAsync(worker),
            ready => ready.Ledger.Contains("has not answered for", StringComparison.Ordinal)
                && ready.Bus.Contains($"127.0.0.1:{toBroker.Port} does not answer", StringComparison.Ordinal),
            "Both servers' silence");
        toDatabase.Speak();
        toBroker.Speak();

        await TestWorker.WaitAsync(() => ReadyAsync(worker), ready => ready.Status == HttpStatusCode.OK, "Both servers' return");
        var job = await worker.SubmitAsync(worker.Job("after.txt"));
        Assert.Equal(JobState.Completed, (await worker.WaitForEndAsync(job)).State);
    }

    private static async Task<(HttpStatusCode Status, string Ledger, string Bus)> ReadyAsync(TestWorker worker)
    {
        using var answer = await worker.Client.GetAsync("/health/ready", Cancellation);
        var checks = (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("checks");
        return (answer.StatusCode, Description("ledger"), Description("bus"));

        string Description(string name) => checks.GetProperty(name).GetProperty("description").GetString() ?? "";
    }
}
