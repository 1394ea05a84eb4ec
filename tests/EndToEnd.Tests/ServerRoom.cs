using System.Text.Json;
using Npgsql;
using Qwen35Batch.Contracts;
using Qwen35Batch.TestServers;

namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>A database, a virtual host and a folder for the workers of one test.</summary>
internal sealed class ServerRoom : IAsyncDisposable
{
    /// <summary>What a dead worker held is free again soon, and retried at once.</summary>
    public static readonly string[] ShortLeases =
    [
        "--set", "Stages:LeaseDuration=00:00:06", "--set", "Stages:HeartbeatInterval=00:00:02", "--set", "Stages:PollInterval=00:00:00.2",
        "--set", "Stages:ReapInterval=00:00:00.5", "--set", "Ledger:BackOff=00:00:00.1",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly PostgresDatabase _database;
    private readonly RabbitMqVirtualHost _host;
    private readonly NpgsqlDataSource _sql;

    private ServerRoom(PostgresDatabase database, RabbitMqVirtualHost host, Broker broker)
    {
        _database = database;
        _host = host;
        _sql = NpgsqlDataSource.Create(database.ConnectionString);
        Broker = broker;
    }

    public Broker Broker { get; }

    /// <summary>Why there can be no room; null when there can.</summary>
    public static async Task<string?> SkipReasonAsync() =>
        (await PostgresServer.SharedAsync()).SkipReason ?? (await RabbitMqServer.SharedAsync()).SkipReason;

    public static async Task<ServerRoom> OpenAsync()
    {
        Assert.SkipWhen(await SkipReasonAsync() is not null, await SkipReasonAsync() ?? "");
        var host = (await RabbitMqServer.SharedAsync()).NewVirtualHost();
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(CancellationToken.None);
        return new(database, host, await Broker.ConnectAsync(host));
    }

    public Task<ServingWorker> StartWorkerAsync(string? failpoint, params string[] arguments) => ServingWorker.StartAsync(
        _folder.File("data"),
        failpoint,
        [
            "--allow", WorkerProcess.SamplesFolder,
            "--set", "Ledger:Provider=PostgreSql", "--set", $"Ledger:ConnectionString={_database.ConnectionString}",
            "--set", "Bus:Transport=RabbitMq", "--set", $"Bus:Host={_host.Host}", "--set", $"Bus:Port={_host.Port}", "--set",
            $"Bus:VirtualHost={_host.VirtualHost}",
            "--set", $"Bus:Username={_host.User}", "--set", $"Bus:Password={_host.Password}", "--set", $"Bus:QueueName={Broker.Queue}",
            .. arguments,
        ]);

    /// <summary>A submission of a sample whose answers are short.</summary>
    /// <remarks>It has a key of its own: without one, the same sample would be the same job in every test.</remarks>
    public static SubmitJob Submission(string sample) =>
        new()
        {
            JobId = Guid.CreateVersion7(),
            DedupeKey = $"{Guid.NewGuid()}",
            Source = WorkerProcess.Sample(sample),
            Options = new() { MaxOutputTokens = 96 }
        };

    /// <summary>The same as a program without MassTransit writes it.</summary>
    public static string Json(SubmitJob job) => JsonSerializer.Serialize(new
    {
        jobId = job.JobId,
        dedupeKey = job.DedupeKey,
        source = job.Source,
        task = job.Task,
        options = new { maxOutputTokens = job.Options.MaxOutputTokens },
    });

    /// <summary>The first value that a query gives.</summary>
    public async Task<T> QueryAsync<T>(string sql)
    {
        await using var command = _sql.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Fails unless every planned segment of every job is done, with one insight and one usage row each.</summary>
    public async Task AssertEveryInsightOnceAsync(int jobs)
    {
        Assert.Equal(
            jobs, await QueryAsync<long>("select count(*) from jobs where state = 'completed' and planned = done and planned > 0"));
        Assert.Equal(jobs, await QueryAsync<long>("select count(*) from jobs"));
        var planned = await QueryAsync<long>("select sum(planned) from jobs");
        Assert.Equal(planned, await QueryAsync<long>("select count(*) from segments where state = 'done'"));
        Assert.Equal(planned, await QueryAsync<long>("select count(*) from insights"));
        Assert.Equal(planned, await QueryAsync<long>("select count(distinct (job, segment)) from insights"));
        Assert.Equal(planned, await QueryAsync<long>("select count(*) from usage"));
    }

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        await _sql.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Dispose();
    }
}
