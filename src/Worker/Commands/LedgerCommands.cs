using System.CommandLine;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Files;
using Qwen35Batch.Worker.Hosting;
using Qwen35Batch.Worker.Reports;
using Qwen35Batch.Worker.Run;
using Spectre.Console;

namespace Qwen35Batch.Worker.Commands;

/// <summary>
/// <c>status</c>, <c>cancel</c>, <c>retry</c> and <c>export</c>: they read and steer through the ledger, whoever works on it.
/// </summary>
internal static class LedgerCommands
{
    private const string Actor = "command line";

    public static Command Status()
    {
        var job = new Argument<Guid?>("job") { Description = "A job's id; without it, the whole ledger.", Arity = ArgumentArity.ZeroOrOne };
        var refused = new Option<bool>("--refused")
        {
            Description = "The latest messages of the bus that were not accepted, each with its reason."
        };
        var command = new Command("status", "Shows the jobs by state and the latest failures, or one job with its segments.")
        {
            job,
            refused
        };
        return WithLedger(command, async (result, tools, cancellationToken) =>
        {
            var ledger = tools.GetRequiredService<Ledger>();
            var probe = tools.GetRequiredService<LedgerProbe>();
            if (result.GetValue(refused))
            {
                StatusView.Show(AnsiConsole.Console, await ledger.Submissions.ListRejectedMessagesAsync(0, 50, cancellationToken));
            }
            else if (result.GetValue(job) is { } id)
            {
                StatusView.Show(AnsiConsole.Console, await ledger.Reading.GetJobAsync(id, cancellationToken) ?? throw Unknown(id));
                StepsView.Show(AnsiConsole.Console, await ledger.Steps.ListAsync(id, cancellationToken));
            }
            else
            {
                StatusView.Show(
                    AnsiConsole.Console,
                    await ledger.Reading.CountsAsync(TimeSpan.FromMinutes(5), cancellationToken),
                    await ledger.Reading.ListFailuresAsync(JobFilter.All, null, 0, 10, cancellationToken));
            }

            // What can be read may yet take nothing: a standby, a full disk, a right that is missing.
            await probe.CheckAsync(cancellationToken);
            return ExitCode.Completed;
        });
    }

    public static Command Cancel()
    {
        var job = new Argument<Guid>("job") { Description = "A job's id." };
        var command = new Command("cancel", "Cancels a job: its running segments stop, what is stored stays.") { job };
        return WithLedger(command, async (result, ledger, cancellationToken) =>
        {
            var id = result.GetValue(job);
            if (await ledger.Queue.CancelAsync(id, Actor, cancellationToken))
            {
                Console.WriteLine($"{id} is cancelled.");
                return ExitCode.Completed;
            }

            throw await ledger.Reading.GetJobAsync(id, cancellationToken) is { } ended
                ? new CommandException($"{id} has ended already ({ended.Job.State}).")
                : Unknown(id);
        });
    }

    public static Command Retry()
    {
        var job = new Argument<Guid?>("job") { Description = "A job's id.", Arity = ArgumentArity.ZeroOrOne };
        var failed = new Option<bool>("--failed") { Description = "Every failed or quarantined segment and every rejected job." };
        var reason = new Option<RejectionReason?>("--reason") { Description = "With --failed: only those that failed for this reason." };
        var command = new Command("retry", "Makes what has no insight ready again; what is stored stays.") { job, failed, reason };
        return WithLedger(command, async (result, ledger, cancellationToken) =>
        {
            int count;
            if (result.GetValue(job) is { } id)
            {
                count = await ledger.Queue.RetryAsync(id, Actor, cancellationToken);
                if (count == 0 && await ledger.Reading.GetJobAsync(id, cancellationToken) is null) throw Unknown(id);
            }
            else if (result.GetValue(failed))
            {
                count = await ledger.Queue.RetryFailedAsync(JobFilter.All, result.GetValue(reason), Actor, cancellationToken);
            }
            else
            {
                throw new CommandException("Say which: a job's id, or --failed for everything that failed.");
            }

            Console.WriteLine(
                count == 0
                    ? "There is nothing to retry."
                    : $"{count} made ready; a running worker takes them up, or the next 'run' of the same files.");
            return ExitCode.Completed;
        });
    }

    public static Command Export()
    {
        var format = new Option<ExportFormat?>("--format")
        {
            Description = "jsonl, csv or parquet; without it, as the file's ending says, or else jsonl."
        };
        var output = new Option<FileInfo?>("--out")
        {
            Description = "The file to write; without it, jsonl and csv go to the standard output.",
            HelpName = "file"
        };
        var task = new Option<string?>("--task") { Description = "Only insights of this task.", HelpName = "task" };
        var source = new Option<string?>("--source")
        {
            Description = "Only insights of sources that contain this text.",
            HelpName = "text"
        };
        var confidence = new Option<double?>("--min-confidence")
        {
            Description = "Only insights whose calibrated fields all have at least this probability; insights without one are left out.",
            HelpName = "0..1"
        };
        var command = new Command("export", "Writes the stored insights to a file.") { format, output, task, source, confidence };
        return WithLedger(command, async (result, ledger, cancellationToken) =>
        {
            var filter = new JobFilter { Task = result.GetValue(task), SourceContains = result.GetValue(source) };
            var insights = ledger.Reading.ExportAsync(filter, cancellationToken);
            if (result.GetValue(confidence) is { } least)
            {
                if (!(least is >= 0 and <= 1)) throw new CommandException("--min-confidence takes a number from 0 to 1, such as 0.95.");
                insights = insights.Where(insight => LowestConfidence.Of(insight.Fields) >= least);
            }

            if (result.GetValue(output) is { } file)
            {
                var count = await InsightFile.WriteAsync(file.FullName, result.GetValue(format), insights, cancellationToken);
                await Console.Error.WriteLineAsync($"{count} insights are in {file.FullName}.");
            }
            else if (result.GetValue(format) == ExportFormat.Parquet)
            {
                throw new CommandException("Parquet needs a file: name it with --out.");
            }
            else
            {
                await using var stdout = Console.OpenStandardOutput();
                await InsightFile.WriteAsync(stdout, result.GetValue(format) ?? ExportFormat.Jsonl, insights, cancellationToken);
            }

            return ExitCode.Completed;
        });
    }

    private static Command WithLedger(Command command, Func<ParseResult, Ledger, CancellationToken, Task<int>> action) =>
        WithLedger(
            command,
            (result, services, cancellationToken) => action(result, services.GetRequiredService<Ledger>(), cancellationToken));

    /// <summary>Gives a command its options, and its action the services of a host that has a ledger and does no work.</summary>
    public static Command WithLedger(Command command, Func<ParseResult, IServiceProvider, CancellationToken, Task<int>> action)
    {
        var host = new HostArguments();
        host.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var tools = WorkerComposition.BuildLedgerOnly(host.Read(result));
            if (await tools.Services.GetRequiredService<LedgerMigrator>().WhyNotReadyAsync(cancellationToken) is { } problem)
                throw new CommandException(problem);
            return await action(result, tools.Services, cancellationToken);
        });
        return command;
    }

    private static CommandException Unknown(Guid id) => new($"The ledger has no job {id}.");
}
