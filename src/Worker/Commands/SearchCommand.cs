using System.CommandLine;
using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Searching;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Files;
using Spectre.Console;

namespace Qwen35Batch.Worker.Commands;

/// <summary><c>search</c>: insights by what is in them.</summary>
internal static class SearchCommand
{
    private const int Most = 10_000;
    private const int Part = 200;

    public static Command Create()
    {
        var words = new Argument<string[]>("words")
        {
            Description = "Words, \"phrases\", -without and field:word, all of which must hold.",
            Arity = ArgumentArity.OneOrMore,
        };
        var task = new Option<string?>("--task") { Description = "Only insights of this task.", HelpName = "task" };
        var source = new Option<string?>("--source")
        {
            Description = "Only insights of sources that contain this text.",
            HelpName = "text"
        };
        var count = new Option<int>("--count") { Description = "The largest number of insights.", DefaultValueFactory = _ => 50 };
        var json = new Option<bool>("--json") { Description = "One JSON object a line: id, hit and the whole record." };
        var command = new Command("search", "Finds stored insights by what is in them, the newest first.")
        {
            words,
            task,
            source,
            count,
            json,
        };
        return LedgerCommands.WithLedger(command, async (result, services, cancellationToken) =>
        {
            if (result.GetValue(count) is < 1 or > Most) throw new CommandException($"--count takes 1 to {Most:N0}.");
            var filter = new InsightFilter
            {
                Jobs = new() { Task = result.GetValue(task), SourceContains = result.GetValue(source) },
                Query = Read(result.GetValue(words)!),
            };
            var found = await FindAsync(services.GetRequiredService<Ledger>(), filter, result.GetValue(count), cancellationToken);
            if (result.GetValue(json))
            {
                foreach (var (insight, hit) in found)
                    Console.WriteLine(JsonSerializer.Serialize(new { insight.Id, hit, insight.Record }, InsightFile.Json));
            }
            else if (found.Count == 0)
            {
                Console.WriteLine("Nothing is found.");
            }
            else
            {
                Show(found);
            }

            return 0;
        });
    }

    /// <summary>Where a hit stands, in words.</summary>
    public static string Place(Citation? place, SegmentReference segment) => place switch
    {
        { Address: { } address } => address,
        { Lines: [var line, ..] } => $"line {line.Line}",
        { FrameSeconds: { } seconds } => $"{seconds:F1} s",
        { StartSeconds: { } seconds } => $"{seconds:F1} s",
        { Page: { } page } => $"page {page}",
        _ => segment is { Page: { } page } ? $"page {page}" : Spelling.Of(segment.Kind),
    };

    // The shell has taken the quotes of a phrase away.
    private static SearchQuery Read(IEnumerable<string> words)
    {
        try
        {
            return SearchQuery.Read(string.Join(
                ' ', words.Select(word => word.Contains(' ') && !word.Contains('"') ? $"\"{word}\"" : word)));
        }
        catch (FormatException problem)
        {
            throw new CommandException(problem.Message);
        }
    }

    private static async Task<List<FoundInsight>> FindAsync(
        Ledger ledger, InsightFilter filter, int count, CancellationToken cancellationToken)
    {
        var found = new List<FoundInsight>();
        long? next = null;
        do
        {
            var page = await ledger.Reading.ListInsightsAsync(filter, Math.Min(Part, count - found.Count), next, cancellationToken);
            found.AddRange(page.Insights);
            next = page.Next;
        }
        while (next is not null && found.Count < count);

        return found;
    }

    private static void Show(List<FoundInsight> found)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("insight", "source", "place", "field", "says");
        foreach (var (insight, hit) in found)
        {
            table.AddRow(
                [
                    .. new[]
                    {
                        $"{insight.Id}", insight.Record.Source, Place(hit?.Place, insight.Record.Segment), hit?.Field ?? "",
                        hit?.Text ?? "",
                    }.Select(text => new Text(Printable.Text(text)))
                ]);
        }

        AnsiConsole.Write(table);
    }
}
