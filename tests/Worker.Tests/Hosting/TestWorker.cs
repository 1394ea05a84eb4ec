using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Qwen35Batch.Contracts;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Hosting;
using Qwen35Batch.Worker.Intake;

namespace Qwen35Batch.Worker.Tests.Hosting;

/// <summary>A whole server in this process, in a folder of its own, with a scripted model in the place of the engine.</summary>
internal sealed class TestWorker : IAsyncDisposable
{
    private static readonly TimeSpan Patience = Hang.Limit;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly bool _ownsFolder;
    private bool _stopped;

    private TestWorker(WebApplication server, ScriptedModel model, string folder, bool ownsFolder)
    {
        Server = server;
        Model = model;
        Folder = folder;
        _ownsFolder = ownsFolder;
        Client = new HttpClient { BaseAddress = new Uri(server.Urls.First()) };
    }

    public WebApplication Server { get; }

    public ScriptedModel Model { get; }

    public HttpClient Client { get; }

    public string Folder { get; }

    public string Media => Path.Combine(Folder, "media-in");

    public Ledger Ledger => Server.Services.GetRequiredService<Ledger>();

    public static WorkerSettings Settings(string folder, params (string Key, string Value)[] overrides)
    {
        var values = new Dictionary<string, string?>
        {
            ["Engine:Kind"] = "OpenAI",
            ["Engine:BaseUrl"] = "http://127.0.0.1:9/v1",
            ["Engine:Model"] = "scripted",
            ["Stages:PollInterval"] = "00:00:00.25",
            ["Stages:AnalyseConcurrency"] = "4",
            ["Logging:LogLevel:Default"] = "Warning",
            ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning",
            ["Bus:QueueName"] = $"test-{Guid.NewGuid():N}",
        };
        foreach (var (key, value) in overrides) values[key] = value;
        return new()
        {
            DataFolder = Path.Combine(folder, "data"),
            AllowedRoots = [Path.Combine(folder, "media-in")],
            Urls = "http://127.0.0.1:0",
            Overrides = values,
        };
    }

    public static Task<TestWorker> StartAsync(params (string Key, string Value)[] overrides) => StartAsync(null, null, null, overrides);

    public static async Task<TestWorker> StartAsync(
        string? folder, ScriptedModel? model, Action<IServiceCollection>? change, params (string Key, string Value)[] overrides)
    {
        var place = folder ?? Directory.CreateTempSubdirectory("qwen35batch-worker-").FullName;
        Directory.CreateDirectory(Path.Combine(place, "media-in"));
        var scripted = model ?? new ScriptedModel();
        var server = WorkerComposition.BuildServer(Settings(place, overrides), services =>
        {
            services.Replace(ServiceDescriptor.Singleton<IChatClient>(scripted));
            services.Replace(ServiceDescriptor.Singleton<IEngine>(new ReadyEngine()));
            // Hangfire keeps the first host's log for all hosts of a process: it must outlive them.
            services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(NullLoggerFactory.Instance));
            change?.Invoke(services);
        });
        await server.StartAsync(TestContext.Current.CancellationToken);
        return new(server, scripted, place, folder is null);
    }

    public string AddText(string name, string content = "Some words to be read.")
    {
        var path = Path.Combine(Media, name);
        File.WriteAllText(path, $"{content} ({name})");
        return path;
    }

    public SubmitJob Job(string name) => new() { JobId = Guid.CreateVersion7(), Source = AddText(name), Task = "describe" };

    /// <summary>Takes a job in at the one door, and returns its id.</summary>
    public async Task<Guid> SubmitAsync(SubmitJob job)
    {
        var outcome = await Server.Services.GetRequiredService<JobIntake>().SubmitAsync(job, TestContext.Current.CancellationToken);
        Assert.Empty(outcome.Errors);
        return outcome.Outcomes[0].JobId;
    }

    public async Task<JobSummary> WaitForEndAsync(Guid job) =>
        (await WaitAsync(
            async () => await Ledger.Reading.GetJobAsync(job, TestContext.Current.CancellationToken),
            found => found?.Job.State >= JobState.Completed))!.Job;

    /// <summary>Looks until what is looked for is there; fails after some minutes, which only ends a hang.</summary>
    public static async Task<T> WaitAsync<T>(Func<Task<T>> look, Func<T, bool> found, string what = "It")
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var seen = await look();
            if (found(seen)) return seen;
            if (patience.IsCancellationRequested) Assert.Fail($"{what}: not seen within {Patience}; the last was {seen}.");
            await Task.Delay(Look, TestContext.Current.CancellationToken);
        }
    }

    public static Task WaitAsync(Func<bool> found) => WaitAsync(() => Task.FromResult(found()), seen => seen);

    /// <summary>Runs a statement on the ledger's file, for what no part of the product shows or does.</summary>
    /// <returns>The first column of the first row, or null.</returns>
    public async Task<object?> AskLedgerAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(Folder, "data", "ledger.db")}");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    public async Task StopAsync()
    {
        if (_stopped) return;
        _stopped = true;
        await Server.StopAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await StopAsync();
        await Server.DisposeAsync();
        if (_ownsFolder) Directory.Delete(Folder, recursive: true);
    }

    private sealed class ReadyEngine : IEngine
    {
        public EngineStatistics? Statistics => null;

        public Task<string> ModelIdentityAsync(CancellationToken cancellationToken) => Task.FromResult("scripted@1");

        public Task<string?> WhyNotReadyAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);
    }
}
