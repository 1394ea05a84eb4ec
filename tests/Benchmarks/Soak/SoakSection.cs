using System.Globalization;
using System.Text.Json;
using NetVips;
using Qwen35Batch.TestServers;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Qwen35Batch.Benchmarks.Soak;

/// <summary>
/// Small jobs through RabbitMQ and PostgreSQL with two workers, while workers are killed, both servers go away for a while and the
/// endpoint misbehaves. Fails when anything was lost, doubled or quarantined, or when memory grew.
/// </summary>
internal static class SoakSection
{
    private const string Queue = "soak";
    // Of fewer lives than that, the halves say nothing.
    private const int FewLives = 8;
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    public static BenchmarkSection Create() => new(
        "soak", "nothing is lost, doubled or quarantined under kills and outages [--minutes 30] [--jobs 20000] [--kill-every 20]", RunAsync)
    {
        OnlyByName = true
    };

    private static async Task RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var options = SoakOptions.Read(arguments);
        await using var broker = await RabbitMqServer.StartAsync();
        await using var server = await PostgresServer.StartAsync();
        if ((broker.ControlSkipReason ?? server.SkipReason) is { } reason) throw new InvalidOperationException(reason);
        await using var database = await server.CreateDatabaseAsync(cancellationToken);
        await using var endpoint = await ScriptedEndpoint.StartAsync();
        var folder = Directory.CreateTempSubdirectory("qwen35batch-soak-").FullName;
        try
        {
            await using var run = new SoakRun(options, broker, broker.NewVirtualHost(), database, endpoint, folder);
            Environment.ExitCode = await run.RunAsync(cancellationToken) ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class SoakRun(
        SoakOptions options,
        RabbitMqServer broker,
        RabbitMqVirtualHost host,
        PostgresDatabase database,
        ScriptedEndpoint endpoint,
        string folder) : IAsyncDisposable
    {
        private readonly SoakLedger _ledger = new(database);
        private readonly List<double> _peaks = [];
        private readonly List<SoakWorker> _workers = [];
        private int _kills;
        private int _outages;

        public async Task<bool> RunAsync(CancellationToken cancellationToken)
        {
            Directory.CreateDirectory(Path.Combine(folder, "media"));
            for (var number = 0; number < 2; number++)
            {
                _workers.Add(new(Path.Combine(folder, $"worker-{number}"), Arguments()));
                _workers[number].Start();
            }

            await QueueIsThereAsync(cancellationToken);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            over.CancelAfter(options.Duration);
            await Task.WhenAll(SubmitAsync(cancellationToken), BreakThingsAsync(over.Token), WatchAsync(over.Token));
            Console.WriteLine($"  {options.Jobs} jobs came in; what is left is worked off without further kills.");
            await DrainAsync(cancellationToken);
            foreach (var worker in _workers)
            {
                var code = await worker.StopAsync();
                if (code != 0) Console.WriteLine($"  A worker that was told to stop ended with {code}.");
            }

            return await ReportAsync(cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var worker in _workers) await worker.DisposeAsync();
        }

        private string[] Arguments() =>
        [
            "--data", Path.Combine(folder, "data"), "--allow", Path.Combine(folder, "media"),
            .. new[]
            {
                "Engine:Kind=OpenAI", $"Engine:BaseUrl={endpoint.BaseUrl}", "Engine:Model=soak",
                "Ledger:Provider=PostgreSql", $"Ledger:ConnectionString={database.ConnectionString}", "Ledger:BackOff=00:00:01",
                "Bus:Transport=RabbitMq", $"Bus:Host={host.Host}", $"Bus:Port={host.Port}", $"Bus:VirtualHost={host.VirtualHost}",
                $"Bus:Username={host.User}", $"Bus:Password={host.Password}", $"Bus:QueueName={Queue}",
                "Stages:LeaseDuration=00:00:15", "Stages:HeartbeatInterval=00:00:05", "Stages:ReapInterval=00:00:01",
                "Stages:PollInterval=00:00:00.5", "Stages:PlanConcurrency=4", "Stages:AnalyseConcurrency=16",
                "Logging:LogLevel:Default=Warning",
            }.SelectMany(setting => new[] { "--set", setting })
        ];

        private async Task SubmitAsync(CancellationToken cancellationToken)
        {
            var pause = options.Duration * 0.9 / options.Jobs;
            var startedAt = TimeProvider.System.GetTimestamp();
            for (var number = 0; number < options.Jobs; number++)
            {
                var ahead = (pause * number) - TimeProvider.System.GetElapsedTime(startedAt);
                if (ahead > TimeSpan.Zero) await Task.Delay(ahead, cancellationToken);
                var path = Path.Combine(folder, "media", string.Create(CultureInfo.InvariantCulture, $"{number:000000}.png"));
                using (var picture = Image.Black(32, 32, bands: 3) + new[] { number & 255, number >> 8 & 255, number >> 16 & 255 })
                using (var bytes = picture.Cast(Enums.BandFormat.Uchar))
                    bytes.WriteToFile(path);
                var job = JsonSerializer.SerializeToUtf8Bytes(new { jobId = Guid.CreateVersion7(), source = path, task = "describe" });
                await PublishAsync(job, cancellationToken);
            }
        }

        /// <summary>A sender of its own, which sends again until the broker confirms.</summary>
        private async Task PublishAsync(byte[] body, CancellationToken cancellationToken)
        {
            while (true)
            {
                try
                {
                    _connection ??= await new ConnectionFactory { Uri = host.Address }.CreateConnectionAsync(cancellationToken);
                    _channel ??= await _connection.CreateChannelAsync(new CreateChannelOptions(true, true), cancellationToken);
                    var properties = new BasicProperties { ContentType = "application/json", Persistent = true };
                    await _channel.BasicPublishAsync("", Queue, mandatory: true, properties, body, cancellationToken);
                    return;
                }
                catch (Exception problem) when (problem is RabbitMQClientException or IOException or ObjectDisposedException
                    or OperationCanceledException && !cancellationToken.IsCancellationRequested)
                {
                    if (_connection is not null) await _connection.DisposeAsync();
                    (_connection, _channel) = (null, null);
                    await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
                }
            }
        }

        private IConnection? _connection;
        private IChannel? _channel;

        // What is sent before the queue is bound goes nowhere; who consumes it has bound it.
        private async Task QueueIsThereAsync(CancellationToken cancellationToken)
        {
            while (await LookAsync(Queue, cancellationToken) is not { ConsumerCount: > 0 })
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        }

        private async Task<uint?> CountAsync(string queue, CancellationToken cancellationToken) =>
            (await LookAsync(queue, cancellationToken))?.MessageCount;

        private async Task<QueueDeclareOk?> LookAsync(string queue, CancellationToken cancellationToken)
        {
            await using var connection = await new ConnectionFactory { Uri = host.Address }.CreateConnectionAsync(cancellationToken);
            await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            try
            {
                return await channel.QueueDeclarePassiveAsync(queue, cancellationToken);
            }
            catch (OperationInterruptedException)
            {
                return null;
            }
        }

        /// <summary>A kill in turn, and behind every fifth one an outage of one of the servers.</summary>
        private async Task BreakThingsAsync(CancellationToken over)
        {
            try
            {
                for (var turn = 0; ; turn++)
                {
                    await Task.Delay(options.KillEvery, over);
                    var worker = _workers[turn % 2];
                    Remember(worker);
                    await worker.KillAsync();
                    worker.Start();
                    _kills++;
                    if (turn % 5 == 2) await LedgerOutageAsync();
                    if (turn % 5 == 4) await BrokerOutageAsync();
                }
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested)
            {
                // The time is over.
            }
        }

        private async Task LedgerOutageAsync()
        {
            await _ledger.SetAvailableAsync(false);
            await Task.Delay(Outage);
            await _ledger.SetAvailableAsync(true);
            _outages++;
        }

        private async Task BrokerOutageAsync()
        {
            await broker.ControlAsync(["stop_app"], CancellationToken.None);
            await Task.Delay(Outage);
            await broker.ControlAsync(["start_app"], CancellationToken.None);
            _outages++;
        }

        private void Remember(SoakWorker worker)
        {
            // A process that has hardly begun says nothing about growth.
            if (worker.Memory() is { PeakMiB: > 0, Age.TotalSeconds: > 10 } memory) _peaks.Add(memory.PeakMiB);
        }

        private async Task WatchAsync(CancellationToken over)
        {
            while (!over.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromSeconds(30), over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (await _ledger.TryCountAsync() is { } counts)
                    Console.WriteLine($"  {counts}, {_kills} kills, {_outages} outages, {endpoint.Calls} calls");
            }
        }

        private async Task DrainAsync(CancellationToken cancellationToken)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(Patience);
            var startedAt = TimeProvider.System.GetTimestamp();
            while (await _ledger.TryCountAsync() is not { } counts || counts.Ended < options.Jobs || counts.Unsent > 0)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (patience.IsCancellationRequested) break;
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  worked off in {TimeProvider.System.GetElapsedTime(startedAt).TotalSeconds:0} s after the last kill"));
        }

        private async Task<bool> ReportAsync(CancellationToken cancellationToken)
        {
            var counts = await _ledger.TryCountAsync() ?? throw new InvalidOperationException("The ledger does not answer.");
            var refused = (await CountAsync($"{Queue}_error", cancellationToken) ?? 0)
                + (await CountAsync($"{Queue}_dead", cancellationToken) ?? 0);
            // The same place in a worker's life, later in the run: the second half against the first.
            var (early, late) = (Middle(_peaks.Take(_peaks.Count / 2)), Middle(_peaks.Skip(_peaks.Count / 2)));
            var verdicts = new (string What, double Value, bool IsWell)[]
            {
                ("jobs that have not come in", options.Jobs - counts.Jobs, counts.Jobs == options.Jobs),
                ("jobs that have not ended", counts.Jobs - counts.Ended, counts.Jobs == counts.Ended),
                ("jobs without their insight", counts.Jobs - counts.Completed, counts.Jobs == counts.Completed),
                ("insights too many", counts.Insights - counts.Completed, counts.Insights == counts.Completed),
                ("quarantined", counts.Quarantined, counts.Quarantined == 0),
                ("messages refused", refused, refused == 0),
                ("events not sent", counts.Unsent, counts.Unsent == 0),
                ("memory of the later half, times the earlier", late / early, _peaks.Count < FewLives || late / early < 1.2),
            };
            Console.WriteLine($"  {counts}, {_kills} kills, {_outages} outages, {endpoint.Calls} calls, {endpoint.Faults} unanswered");
            foreach (var (what, value, isWell) in verdicts)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-48} {value,10:0.##} {(isWell ? "" : "WRONG")}"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  memory of a worker: {early:0} MiB, later {late:0} MiB"));
            return verdicts.All(verdict => verdict.IsWell);
        }

        private static double Middle(IEnumerable<double> values) =>
            values.Order().ToList() is { Count: > 0 } ordered ? ordered[ordered.Count / 2] : 1;
    }
}
