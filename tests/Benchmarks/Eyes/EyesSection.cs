using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
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
        "eyes", "list, search and overview of a ledger of a million insights [--insights 1000000] [--plans yes]", RunAsync)
    {
        OnlyByName = true,
    };

    private static async Task RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var (insights, plans) = Read(arguments);
        await using var server = await PostgresServer.StartAsync();
        if (server.SkipReason is { } reason) throw new InvalidOperationException(reason);
        await using var endpoint = await PatientEndpoint.StartAsync();
        // Code is compiled at its first use: that is no property of the ledger.
        await using (var empty = await server.CreateDatabaseAsync(cancellationToken))
        {
            await using var first = await StartAsync(empty, endpoint, cancellationToken);
            using var client = new HttpClient { BaseAddress = new(first.Urls.First()) };
            foreach (var (_, path) in Questions) await AskAsync(client, path, cancellationToken);
            await first.StopAsync(cancellationToken);
        }

        await using var database = await server.CreateDatabaseAsync(cancellationToken);
        await new LedgerMigrator(new PostgreSqlDialect(database.ConnectionString)).MigrateAsync(cancellationToken);
        var startedAt = Stopwatch.GetTimestamp();
        await new MillionLedger(database.ConnectionString).FillAsync(insights, cancellationToken);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  {insights:N0} insights made in {Stopwatch.GetElapsedTime(startedAt).TotalSeconds:0} s"));
        await using var worker = await StartAsync(database, endpoint, cancellationToken);
        using var http = new HttpClient { BaseAddress = new(worker.Urls.First()) };
        Console.WriteLine("  ms                             first  median    most   asked");
        foreach (var (what, path) in Questions) await MeasureAsync(http, what, path, cancellationToken);
        await worker.StopAsync(cancellationToken);
        if (plans) await ExplainAsync(database.ConnectionString, cancellationToken);
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
        PostgresDatabase database, PatientEndpoint endpoint, CancellationToken cancellationToken)
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
                ["Ledger:ConnectionString"] = database.ConnectionString,
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
        plans.Of("overview");
        await reading.CountsAsync(TimeSpan.FromMinutes(5), cancellationToken);
        await reading.ListFailuresAsync(JobFilter.All, null, 0, 50, cancellationToken);
        await reading.SegmentsPerMinuteAsync(60, cancellationToken);
        plans.Of("jobs of a state");
        await reading.ListJobsAsync(new() { States = [Contracts.JobState.Rejected] }, 100, null, cancellationToken);
        plans.Of("insights, newest");
        await reading.ListInsightsAsync(new() { Jobs = JobFilter.All }, 50, null, cancellationToken);
        foreach (var query in (string[])["harbour", "港", "神戸", "神戸港"])
        {
            plans.Of($"search for {query}");
            await reading.ListInsightsAsync(
                new() { Jobs = JobFilter.All, Query = SearchQuery.Read(query) }, 50, null, cancellationToken);
        }
    }

    private static (int Insights, bool Plans) Read(IReadOnlyList<string> arguments)
    {
        var (insights, plans) = (1_000_000, false);
        for (var index = 0; index < arguments.Count; index += 2)
        {
            var value = index + 1 < arguments.Count ? arguments[index + 1] : "";
            (insights, plans) = arguments[index] switch
            {
                "--insights" when int.TryParse(value, CultureInfo.InvariantCulture, out var number) && number > 0 => (number, plans),
                "--plans" when value is "yes" or "no" => (insights, value == "yes"),
                _ => throw new ArgumentException($"'{arguments[index]} {value}' is none of --insights <number> and --plans <yes|no>."),
            };
        }

        return (insights, plans);
    }

    private static string Search(string query) => $"insights?q={Uri.EscapeDataString(query)}";
}
