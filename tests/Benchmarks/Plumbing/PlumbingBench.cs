using System.Globalization;
using Qwen35Batch.Benchmarks.Ledgers;
using Qwen35Batch.Benchmarks.Soak;
using Qwen35Batch.Contracts;
using Qwen35Batch.TestServers;

namespace Qwen35Batch.Benchmarks.Plumbing;

/// <summary>A ledger, a virtual host and workers for some rounds of jobs.</summary>
internal sealed class PlumbingBench : IAsyncDisposable
{
    private const string Queue = "plumbing";
    private readonly PostgresDatabase? _database;
    private readonly string _connectionString;
    private readonly RabbitMqVirtualHost _host;
    private readonly string _folder;
    private readonly List<SoakWorker> _workers = [];
    private int _files;

    private PlumbingBench(
        PostgresDatabase? database, string connectionString, RabbitMqVirtualHost host, PatientEndpoint endpoint, PlumbingBroker broker,
        string folder)
    {
        _database = database;
        _connectionString = connectionString;
        _host = host;
        _folder = folder;
        Endpoint = endpoint;
        Broker = broker;
        Ledger = new(connectionString);
    }

    public PatientEndpoint Endpoint { get; }

    public PlumbingBroker Broker { get; }

    public PlumbingLedger Ledger { get; }

    public SoakWorker Worker => _workers[0];

    /// <summary>Everything but the workers.</summary>
    /// <param name="server">Where the ledger is.</param>
    /// <param name="broker">Where the messages go.</param>
    /// <param name="folder">For media and data.</param>
    /// <param name="keep">A <see cref="KeptDatabase"/> for the ledger; null for one that is dropped.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public static async Task<PlumbingBench> OpenAsync(
        PostgresServer server, RabbitMqServer broker, string folder, string? keep, CancellationToken cancellationToken)
    {
        var database = keep is null ? await server.CreateDatabaseAsync(cancellationToken) : null;
        var host = broker.NewVirtualHost();
        Directory.CreateDirectory(Path.Combine(folder, "media"));
        return new(
            database,
            database?.ConnectionString ?? KeptDatabase.Of(keep!),
            host,
            await PatientEndpoint.StartAsync(),
            await PlumbingBroker.OpenAsync(host, cancellationToken),
            folder);
    }

    public Task<(double Rate, ServerTime Servers)> BareAsync(int count, bool asOurs, CancellationToken cancellationToken) =>
        BareConsumer.MeasureAsync(_host, _connectionString, Broker, Messages(count), asOurs, cancellationToken);

    public async Task StartAsync(int workers, CancellationToken cancellationToken, params string[] settings)
    {
        while (_workers.Count < workers)
        {
            var worker = new SoakWorker(
                Path.Combine(_folder, $"worker-{_workers.Count}"),
                [
                    "--data", Path.Combine(_folder, "data"), "--allow", Path.Combine(_folder, "media"),
                    .. new[]
                    {
                        "Engine:Kind=OpenAI", $"Engine:BaseUrl={Endpoint.BaseUrl}", "Engine:Model=plain",
                        "Ledger:Provider=PostgreSql", $"Ledger:ConnectionString={_connectionString}",
                        "Bus:Transport=RabbitMq", $"Bus:Host={_host.Host}", $"Bus:Port={_host.Port}",
                        $"Bus:VirtualHost={_host.VirtualHost}", $"Bus:Username={_host.User}", $"Bus:Password={_host.Password}",
                        $"Bus:QueueName={Queue}",
                    }.Concat(settings).SelectMany(setting => new[] { "--set", setting })
                ]);
            _workers.Add(worker);
            worker.Start();
            await Broker.ConsumersAreThereAsync(Queue, _workers.Count, cancellationToken);
        }

        // What is made at the first use is not to be measured.
        await RoundAsync(20, cancellationToken);
    }

    /// <summary>Sends jobs, each of an own text file of two lines, and waits for their events.</summary>
    public async Task<PlumbingRound> RoundAsync(int count, CancellationToken cancellationToken)
    {
        var messages = Messages(count);
        var lastJob = await Ledger.LastJobAsync();
        var (events, processor) = (Broker.Events, Processor());
        var transactions = await Ledger.TransactionsAsync();
        var clock = new ServerClock();
        var (waits, claims, samples) = (0L, 0L, 0);
        var startedAt = TimeProvider.System.GetTimestamp();
        var sending = Broker.SendAsync(Queue, messages, cancellationToken);
        while (Broker.Events - events < count)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
            if (++samples % 5 != 0) continue;
            var (waiting, claiming) = await Ledger.LockWaitsAsync();
            (waits, claims) = (waits + waiting, claims + claiming);
        }

        var seconds = TimeProvider.System.GetElapsedTime(startedAt).TotalSeconds;
        await sending;
        var used = Processor() - processor;
        var servers = clock.Elapsed() / count;
        var (jobs, intake) = await Ledger.TakenInAsync(lastJob);
        // The server's own count is late by up to a second.
        await Task.Delay(TimeSpan.FromSeconds(1.5), cancellationToken);
        transactions = await Ledger.TransactionsAsync() - transactions - (samples / 5);
        return new(jobs / Math.Max(intake, 0.001), count / seconds, used / count, servers, (double)transactions / count, waits, claims);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers) await worker.DisposeAsync();
        await Broker.DisposeAsync();
        await Endpoint.DisposeAsync();
        await Ledger.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }

    public string NewFile()
    {
        var path = Path.Combine(_folder, "media", string.Create(CultureInfo.InvariantCulture, $"{++_files:0000000}.txt"));
        File.WriteAllText(path, $"This is the file with the number {_files}.\nIt has a second line.\n");
        return path;
    }

    private TimeSpan Processor() => _workers.Aggregate(TimeSpan.Zero, (sum, worker) => sum + worker.ProcessorTime());

    private List<SubmitJob> Messages(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new SubmitJob { JobId = Guid.CreateVersion7(), Source = NewFile(), Task = "describe" })];
}
