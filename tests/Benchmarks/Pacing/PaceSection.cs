using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Pipeline.Agents.Search;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Agents;
using Qwen35Batch.Worker.Hosting;

namespace Qwen35Batch.Benchmarks.Pacing;

/// <summary>Two processes search arXiv as fast as they may, on one ledger: is its pace kept between them?</summary>
internal static class PaceSection
{
    private const string WorkerWord = "worker";
    private const int Requests = 5;

    public static BenchmarkSection Create() => new(
        "pace",
        "gaps between the requests to arXiv of two processes on one ledger, SQLite and PostgreSQL, against the three seconds asked for",
        RunAsync)
    {
        OnlyByName = true,
    };

    private static async Task RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        if (arguments is [WorkerWord, var name, var address, var folder, ..])
        {
            await WorkAsync(name, new Uri(address), folder, arguments.Skip(4).FirstOrDefault(), cancellationToken);
            return;
        }

        await MeasureAsync("SQLite", null, cancellationToken);
        var server = await PostgresServer.SharedAsync();
        if (server.SkipReason is { } reason)
        {
            Console.WriteLine($"PostgreSQL: not measured. {reason}");
            return;
        }

        await using var database = await server.CreateDatabaseAsync(cancellationToken);
        await MeasureAsync("PostgreSQL", database.ConnectionString, cancellationToken);
    }

    private static async Task MeasureAsync(string ledger, string? connection, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("qwen35batch-pace-").FullName;
        await using var site = await PaceSite.StartAsync();
        using (var host = Host(folder, connection))
            await host.Services.GetRequiredService<LedgerMigrator>().MigrateAsync(cancellationToken);
        string[] names = ["first", "second"];
        await Task.WhenAll(names.Select(name => StartAsync(name, site.Address, folder, connection, cancellationToken)));

        var requests = site.Requests.OrderBy(request => request.From).ToList();
        var gaps = requests.Zip(requests.Skip(1), (one, next) => Stopwatch.GetElapsedTime(one.To, next.From)).ToList();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{ledger}: {requests.Count} requests of two processes, in the order {string.Concat(requests.Select(each => each.Worker))}; "
                + $"between an answer and the next request {gaps.Min() / ArxivSearchTool.Interval:0.000} to "
                + $"{gaps.Max() / ArxivSearchTool.Interval:0.000} of {ArxivSearchTool.Interval.TotalSeconds:0} s; "
                + $"{(gaps.Min() >= ArxivSearchTool.Interval ? "the pace was kept" : "TOO FAST")}."));
        Directory.Delete(folder, recursive: true);
    }

    private static async Task StartAsync(string name, Uri address, string folder, string? connection, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        foreach (var argument in new[] { "pace", WorkerWord, name, address.AbsoluteUri, folder, connection }.OfType<string>())
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0) throw new InvalidOperationException($"The {name} process ended with {process.ExitCode}.");
    }

    private static async Task WorkAsync(string name, Uri address, string folder, string? connection, CancellationToken cancellationToken)
    {
        using var host = Host(folder, connection);
        var pace = new LedgerPace(host.Services.GetRequiredService<Ledger>().Pacing, TimeProvider.System);
        using var tool = new ArxivSearchTool(Options.Create(new AgentToolOptions { ArxivUrl = address }), pace, TimeProvider.System);
        for (var request = 0; request < Requests; request++)
        {
            using var arguments = JsonDocument.Parse($$"""{ "query": "{{name}} {{request}}" }""");
            await tool.CallAsync(arguments.RootElement, new(Guid.Empty, request, "en", cancellationToken));
        }
    }

    private static IHost Host(string folder, string? connection) => WorkerComposition.BuildLedgerOnly(new()
    {
        DataFolder = folder,
        AllowedRoots = [folder],
        Urls = "http://127.0.0.1:0",
        Overrides = connection is null
            ? new Dictionary<string, string?>()
            : new() { ["Ledger:Provider"] = "PostgreSql", ["Ledger:ConnectionString"] = connection },
    });
}
