using System.CommandLine;
using System.Globalization;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence;
using Qwen35Batch.Worker.Commands.Arguments;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Reports.Evaluation;
using Qwen35Batch.Worker.Run;
using Spectre.Console;

namespace Qwen35Batch.Worker.Commands;

/// <summary><c>eval</c>: analyses media whose answers are known, as <c>run</c> does, and says how many were right.</summary>
internal static class EvalCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("folder")
        {
            Description = $"A folder with media and {EvaluationFolder.ItemsFile}, the expected answers."
        };
        var limit = new Option<int?>("--limit")
        {
            Description = "At most so many items, the same number of each kind.",
            HelpName = "number"
        };
        var kind = new Option<string?>("--kind") { Description = "Only items of this kind.", HelpName = "kind" };
        var report = new Option<FileInfo?>("--report")
        {
            Description = "Write an HTML page with the accuracies and the pictures of the failures.",
            HelpName = "file"
        };
        var calibrate = new Option<bool>("--calibrate")
        {
            Description = "Fit to these answers how probable it is that a field is right, and store it in this --data's ledger: from then "
                + "on new insights of the same task, model and precision have it."
        };
        var json = new Option<bool>("--json") { Description = "End with the result as one line of JSON." };
        var host = new HostArguments("./data/eval");
        var command = new Command(
            "eval",
            "Analyses media whose answers are known, and shows how many fields were right. The same command again resumes.")
            {
                folder,
                limit,
                kind,
                report,
                calibrate,
                json
            };
        host.AddTo(command);
        command.SetAction((result, cancellationToken) =>
        {
            if (result.GetValue(limit) < 1) throw new CommandException("--limit takes a number from 1.");
            var items = EvaluationFolder.Select(
                EvaluationFolder.Read(result.GetValue(folder)!), result.GetValue(kind), result.GetValue(limit));
            return EmbeddedBatch.RunAsync(
                host.Read(result), Requests(items), OutputArguments.Plain(result), timeline: null,
                async (services, run) => run.WasStopped
                    ? ExitCode.Stopped
                    : await FinishAsync(
                        services.GetRequiredService<Ledger>(),
                        run,
                        items,
                        result.GetValue(report)?.FullName,
                        result.GetValue(calibrate),
                        result.GetValue(json),
                        CancellationToken.None),
                cancellationToken);
        });
        return command;
    }

    private static List<RunRequest> Requests(IReadOnlyList<EvaluationItem> items) =>
        [
            .. items.GroupBy(item => item.Task)
                .Select(
                    task =>
                        new RunRequest(
                            [.. task.Select(item => item.Media).Distinct()],
                            task.Key,
                            new JobOptions(),
                            Priority: 0,
                            Again: false,
                            Output: null))
        ];

    private static async Task<int> FinishAsync(
        Ledger ledger, BatchRun run, IReadOnlyList<EvaluationItem> items, string? report, bool calibrate, bool json,
        CancellationToken cancellationToken)
    {
        // The last segment is the synthesis where a job has one.
        var answers = new Dictionary<(string Source, string Task), InsightRecord>();
        await foreach (var insight in ledger.Reading.ExportAsync(run.Jobs, cancellationToken))
        {
            var key = (insight.Source, insight.Task.Name);
            if (!answers.TryGetValue(key, out var known) || known.Segment.Number < insight.Segment.Number) answers[key] = insight;
        }

        var results = items.Select(item => new EvaluationResult(item, answers.GetValueOrDefault((item.Media, item.Task)))).ToList();
        var summary = new EvaluationSummary(results);
        Show(summary);
        var labels = results.SelectMany(result => result.Labels).ToList();
        var reliability = calibrate
            ? await Calibration.StoreAsync(ledger.Calibrations, labels, cancellationToken)
            : Calibration.Check(labels);
        if (report is not null)
        {
            await EvaluationReport.WriteAsync(report, summary, results, reliability, cancellationToken);
            Console.WriteLine($"The report is in {report}.");
        }

        if (json) Console.WriteLine(summary.ToJson());
        return summary.Unanswered == 0 ? 0 : ExitCode.Incomplete;
    }

    private static void Show(EvaluationSummary summary)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("kind", "field", "right", "of", "accuracy");
        foreach (var kind in summary.Kinds)
        {
            foreach (var share in summary.Fields.Where(field => field.Kind == kind.Kind).Append(kind))
            {
                table.AddRow(
                    Markup.Escape(share.Kind), Markup.Escape(share.Name), $"{share.Right}", $"{share.Count}", Percent(share.Accuracy));
            }
        }

        AnsiConsole.Write(table);
        var unanswered = summary.Unanswered == 0
            ? ""
            : $" {summary.Unanswered} items have no answer; 'qwen35batch status' on the same --data says why.";
        Console.WriteLine($"{Percent(summary.Accuracy)} of {summary.Items} items are right in all their fields.{unanswered}");
    }

    private static string Percent(double share) => share.ToString("P1", CultureInfo.InvariantCulture);
}
