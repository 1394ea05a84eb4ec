using System.CommandLine;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Persistence.Searching;
using Qwen35Batch.Worker.Commands.Arguments;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Files;
using Qwen35Batch.Worker.Http.Insights;
using Qwen35Batch.Worker.Remote;
using Qwen35Batch.Worker.Run;
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
        var json = new Option<bool>("--json")
        {
            Description = "One JSON object a line: id, hit, the whole record, and what reviews made of it."
        };
        var command = new Command("search", "Finds stored insights by what is in them, the newest first.")
        {
            words,
            task,
            source,
            count,
            json,
        };
        return ServerArguments.WithWorker(command, async (result, worker, cancellationToken) =>
        {
            if (result.GetValue(count) is < 1 or > Most) throw new CommandException($"--count takes 1 to {Most:N0}.");
            var question = new InsightQuestion
            {
                Search = Read(result.GetValue(words)!),
                Task = result.GetValue(task),
                Source = result.GetValue(source),
                Count = Math.Min(Part, result.GetValue(count)),
            };
            var output = OutputArguments.Plain(result);
            var found = await FindAsync(worker.Insights, question, result.GetValue(count), cancellationToken);
            if (result.GetValue(json))
            {
                foreach (var one in found)
                {
                    if (await worker.Insights.GetAsync(one.Id, cancellationToken) is { } insight)
                        output.WriteJson(new { one.Id, one.Hit, insight.Revision, insight.Reviewed, insight.Record });
                }
            }
            else if (found.Count == 0)
            {
                output.Out.WriteLine("Nothing is found.");
            }
            else
            {
                Show(output.Console, found);
            }

            return ExitCode.Completed;
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
    private static string Read(IEnumerable<string> words)
    {
        var search = string.Join(' ', words.Select(word => word.Contains(' ') && !word.Contains('"') ? $"\"{word}\"" : word));
        try
        {
            _ = SearchQuery.Read(search);
            return search;
        }
        catch (FormatException problem)
        {
            throw new CommandException(problem.Message);
        }
    }

    private static async Task<List<InsightListItem>> FindAsync(
        IInsights insights, InsightQuestion question, int count, CancellationToken cancellationToken)
    {
        var found = new List<InsightListItem>();
        long? next = null;
        do
        {
            var part = await insights.ListAsync(
                question with { Count = Math.Min(Part, count - found.Count) }, next, cancellationToken);
            found.AddRange(part.Insights);
            next = part.Next;
        }
        while (next is not null && found.Count < count);

        return found;
    }

    private static void Show(IAnsiConsole console, List<InsightListItem> found)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("insight", "source", "place", "field", "says");
        foreach (var insight in found)
        {
            table.AddRow(
                [
                    .. new[]
                    {
                        $"{insight.Id}", insight.Source, Place(insight.Hit?.Place, insight.Segment), insight.Hit?.Field ?? "",
                        insight.Hit?.Text ?? "",
                    }.Select(text => new Text(Printable.Text(text)))
                ]);
        }

        console.Write(table);
    }
}
