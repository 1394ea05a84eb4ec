using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Qwen35Batch.Benchmarks.Ledgers;
using Qwen35Batch.Benchmarks.Plumbing;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Searching;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Hosting;

namespace Qwen35Batch.Benchmarks.Eyes;

/// <summary>
/// What a page asks for, by the worker's own HTTP interface, over a ledger of a million insights on PostgreSQL, and the plans by which the
/// database answers. The times are absolute, as the page is to be there at once; a busy machine has longer ones.
/// </summary>
internal static class EyesSection
{
    private const double Most = 300;
    private const int Rounds = 15;

    private static readonly (string What, string Path)[] Questions =
    [
        ("overview", "dashboard/summary"),
        ("jobs, newest", "jobs?count=100"),
        ("jobs of a state", "jobs?state=Rejected&count=100"),
        ("insights, newest", "insights"),
        ("English, in a tenth of all", Search("harbour")),
        ("English, phrase", Search("\"gross weight\"")),
        ("English, in one", Search("invoice number:N0777777")),
        ("English, in none", Search("zebra")),
        ("English, without", Search("harbour -timber")),
        ("Japanese, 1 character", Search("港")),
        ("Japanese, 2 characters", Search("神戸")),
        ("Japanese, 3 characters", Search("神戸港")),
        ("Japanese, in a field", Search("city:長崎港")),
        ("quarantine", "quarantine"),
    ];

    public static BenchmarkSection Create() => new(
        "eyes",
        "list, search and overview of a ledger of a million insights [--insights 1000000] [--keep database] [--most 180] [--plans yes]",
        RunAsync)
    {
        OnlyByName = true,
    };

    private static async Task RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var options = EyesOptions.Read(arguments);
        await using var server = await PostgresServer.StartAsync();
        if (server.SkipReason is { } reason) throw new InvalidOperationException(reason);
        await using var database = options.Keep is null ? await server.CreateDatabaseAsync(cancellationToken) : null;
        var connectionString = database?.ConnectionString ?? KeptDatabase.Of(options.Keep!);
        await new LedgerMigrator(new PostgreSqlDialect(connectionString)).MigrateAsync(cancellationToken);
        var startedAt = Stopwatch.GetTimestamp();
        var isWhole = await new MillionLedger(connectionString).FillAsync(options.Insights, options.Most, cancellationToken);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {options.Insights:N0} insights {(isWhole ? "are there" : "are not there yet: call it again")}, after "
                + $"{Stopwatch.GetElapsedTime(startedAt).TotalSeconds:0} s"));
        if (!isWhole) return;

        await using var endpoint = await PatientEndpoint.StartAsync();
        // Code is compiled at its first use: that is no property of the ledger.
        await using (var empty = await server.CreateDatabaseAsync(cancellationToken))
            await OnWorkerAsync(empty.ConnectionString, endpoint, (client, path) => AskAsync(client, path.Path, cancellationToken));
        Console.WriteLine("  ms                             first  median    most   asked");
        await OnWorkerAsync(
            connectionString, endpoint, (client, question) => MeasureAsync(client, question.What, question.Path, cancellationToken));
        if (options.Plans) await ExplainAsync(connectionString, cancellationToken);

        async Task OnWorkerAsync(string ledger, PatientEndpoint engine, Func<HttpClient, (string What, string Path), Task> ask)
        {
            await using var worker = await StartAsync(ledger, engine, cancellationToken);
            using var client = new HttpClient { BaseAddress = new(worker.Urls.First()) };
            await ReadyAsync(client, cancellationToken);
            foreach (var question in Questions) await ask(client, question);
            await worker.StopAsync(cancellationToken);
        }
    }

    /// <summary>What a worker does when it starts is none of the reading.</summary>
    private static async Task ReadyAsync(HttpClient http, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var answer = await http.GetAsync("health/ready", cancellationToken);
            if (answer.IsSuccessStatusCode) return;
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
        }
    }

    private static async Task MeasureAsync(HttpClient http, string what, string path, CancellationToken cancellationToken)
    {
        var times = new List<double>();
        for (var round = 0; round < Rounds; round++) times.Add(await AskAsync(http, path, cancellationToken));
        var first = times[0];
        times.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {what,-28} {first,7:0} {times[Rounds / 2],7:0} {times[^1],7:0} {Most,7:0} {(times[^1] > Most ? "LONG" : "")}"));
    }

    private static async Task<double> AskAsync(HttpClient http, string path, CancellationToken cancellationToken)
    {
        var startedAt = Stopwatch.GetTimestamp();
        using var answer = await http.GetAsync(path, cancellationToken);
        await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(cancellationToken);
        return Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds;
    }

    private static async Task<WebApplication> StartAsync(
        string connectionString, PatientEndpoint endpoint, CancellationToken cancellationToken)
    {
        var server = WorkerComposition.BuildServer(new WorkerSettings
        {
            DataFolder = Directory.CreateTempSubdirectory("qwen35batch-eyes-").FullName,
            Urls = "http://127.0.0.1:0",
            Overrides = new Dictionary<string, string?>
            {
                ["Engine:Kind"] = "OpenAI",
                ["Engine:BaseUrl"] = endpoint.BaseUrl.ToString(),
                ["Engine:Model"] = "plain",
                ["Ledger:Provider"] = "PostgreSql",
                ["Ledger:ConnectionString"] = connectionString,
                ["Logging:LogLevel:Default"] = "Warning",
            },
        });
        await server.StartAsync(cancellationToken);
        return server;
    }

    private static async Task ExplainAsync(string connectionString, CancellationToken cancellationToken)
    {
        var plans = new QueryPlans();
        var dialect = new PostgreSqlDialect(connectionString, options => options.AddInterceptors(plans));
        var reading = new Ledger(new LedgerDatabase(dialect, TimeProvider.System), new()).Reading;
        QueryPlans.Of("overview");
        await reading.CountsAsync(TimeSpan.FromMinutes(5), cancellationToken);
        await reading.ListFailuresAsync(JobFilter.All, null, 0, 50, cancellationToken);
        await reading.SegmentsPerMinuteAsync(60, cancellationToken);
        QueryPlans.Of("jobs of a state");
        await reading.ListJobsAsync(new() { States = [Contracts.JobState.Rejected] }, 100, null, cancellationToken);
        QueryPlans.Of("insights, newest");
        await reading.ListInsightsAsync(new() { Jobs = JobFilter.All }, 50, null, cancellationToken);
        foreach (var query in (string[])["harbour", "港", "神戸", "神戸港", "city:長崎港"])
        {
            QueryPlans.Of($"search for {query}");
            await reading.ListInsightsAsync(
                new() { Jobs = JobFilter.All, Query = SearchQuery.Read(query) }, 50, null, cancellationToken);
        }
    }

    private static string Search(string query) => $"insights?q={Uri.EscapeDataString(query)}";
}
