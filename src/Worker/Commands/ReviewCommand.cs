using System.CommandLine;
using System.Globalization;
using Qwen35Batch.Worker.Commands.Arguments;
using Qwen35Batch.Worker.Confidence;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Files;
using Qwen35Batch.Worker.Http.Insights;
using Qwen35Batch.Worker.Remote;
using Qwen35Batch.Worker.Reports.Evaluation;
using Qwen35Batch.Worker.Run;
using Spectre.Console;

namespace Qwen35Batch.Worker.Commands;

/// <summary><c>review</c>: what is to be looked at, what a person says of it, and what comes of it.</summary>
internal static class ReviewCommand
{
    private const string Evaluation = "eval";

    public static Command Create() => new("review", "Shows what a person should look at, takes what they say of it, and writes it.")
    {
        Next(),
        ReviewVerdicts.Accept(),
        ReviewVerdicts.Correct(),
        ReviewVerdicts.Reject(),
        ReviewVerdicts.Add(),
        Export(),
    };

    private static Command Next()
    {
        var below = new Option<double>("--below")
        {
            Description = "Insights with a field whose calibrated probability is lower.",
            HelpName = "0..1",
            DefaultValueFactory = _ => 0.8,
        };
        var task = new Option<string?>("--task") { Description = "Only insights of this task.", HelpName = "task" };
        var count = new Option<int>("--count") { Description = "How many.", DefaultValueFactory = _ => 1 };
        var command = new Command("next", "Shows the newest insights that nobody has reviewed, with their uncertain fields.")
        {
            below,
            task,
            count,
        };
        return ServerArguments.WithWorker(command, async (result, worker, cancellationToken) =>
        {
            var limit = result.GetValue(below);
            if (!(limit is > 0 and <= 1)) throw new CommandException("--below takes a number above 0 and up to 1, such as 0.8.");
            if (result.GetValue(count) is < 1 or > 200) throw new CommandException("--count takes 1 to 200.");
            var question = new InsightQuestion
            {
                Task = result.GetValue(task),
                Below = limit,
                IsReviewed = false,
                Count = result.GetValue(count),
            };
            var page = await worker.Insights.ListAsync(question, null, cancellationToken);
            for (; page is { Insights.Count: 0, Next: { } next };)
                page = await worker.Insights.ListAsync(question, next, cancellationToken);
            var output = OutputArguments.Plain(result);
            if (page.Insights.Count == 0)
            {
                output.Out.WriteLine($"Nothing below {limit.ToString(CultureInfo.InvariantCulture)} waits for a review.");
                return ExitCode.Completed;
            }

            foreach (var found in page.Insights)
                if (await worker.Insights.GetAsync(found.Id, cancellationToken) is { } insight) Show(output.Console, insight, limit);
            return ExitCode.Completed;
        });
    }

    private static Command Export()
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "The folder that gets the items and their media." };
        var form = new Option<string>("--as")
        {
            Description = "eval: a folder for 'qwen35batch eval', whose labels calibrate.",
            DefaultValueFactory = _ => Evaluation,
        };
        form.AcceptOnlyFromAmong(Evaluation);
        var task = new Option<string?>("--task") { Description = "Only insights of this task.", HelpName = "task" };
        var command = new Command("export", "Writes reviewed insights as items of an evaluation.") { folder, form, task };
        return ServerArguments.WithWorker(command, async (result, worker, cancellationToken) =>
        {
            var target = result.GetValue(folder)!.FullName;
            var (written, leftOut) = await new ReviewExport(worker.Jobs, worker.Insights)
                .WriteAsync(target, result.GetValue(task), cancellationToken);
            var output = OutputArguments.Plain(result).Out;
            output.WriteLine($"{written} items are in {Path.Combine(target, EvaluationFolder.ItemsFile)}.");
            foreach (var (why, number) in leftOut) output.WriteLine($"{number} left out: {why}");
            return ExitCode.Completed;
        });
    }

    private static void Show(IAnsiConsole console, InsightReply insight, double below)
    {
        console.WriteLine(Printable.Text(
            $"Insight {insight.Id} of {insight.Record.Source}, {SearchCommand.Place(null, insight.Record.Segment)}: /insights/{insight.Id} "
                + "on the worker's pages."));
        var table = new Table().Border(TableBorder.Rounded).AddColumns("field", "value", "probability", "found in the media", "place");
        foreach (var field in insight.Record.Fields.Where(field => field.Probability < below).OrderBy(field => field.Probability))
        {
            var place = field.Citations is [var first, ..] ? insight.Record.Citations[first] : null;
            table.AddRow(
                [
                    .. new[]
                    {
                        field.Pointer, FieldPointer.Value(insight.Record.Insight, field.Pointer).ToString(),
                        field.Probability?.ToString("0.000", CultureInfo.InvariantCulture) ?? "",
                        field.Grounded switch { true => "yes", false => "no", null => "-" },
                        SearchCommand.Place(place, insight.Record.Segment),
                    }.Select(text => new Text(Printable.Text(text)))
                ]);
        }

        console.Write(table);
    }
}
