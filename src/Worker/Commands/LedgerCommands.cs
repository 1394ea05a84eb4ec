using System.CommandLine;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Worker.Commands.Arguments;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Files;
using Qwen35Batch.Worker.Hosting;
using Qwen35Batch.Worker.Reports;
using Qwen35Batch.Worker.Run;

namespace Qwen35Batch.Worker.Commands;

/// <summary>
/// <c>status</c>, <c>cancel</c>, <c>retry</c> and <c>export</c>: they read and steer through the ledger, or through a worker.
/// </summary>
internal static class LedgerCommands
{
    public static Command Status()
    {
        var job = JobIdArgument.CreateOptional("without it, the whole ledger.");
        var refused = new Option<bool>("--refused")
        {
            Description = "The latest messages of the bus that were not accepted, each with its reason."
        };
        var arguments = new OutputArguments(
            "One JSON object, as GET /status and GET /jobs/{id} give it.",
            "Only the states: of a job one word, of the ledger each with its number.");
        var command = new Command("status", "Shows the jobs by state and the latest failures, or one job with its segments.")
        {
            job,
            refused
        };
        arguments.AddTo(command);
        return ServerArguments.WithJobs(command, async (result, jobs, cancellationToken) =>
        {
            var output = arguments.Read(result);
            if (result.GetValue(refused))
            {
                StatusView.Show(output, await jobs.RefusedAsync(cancellationToken));
            }
            else if (result.GetValue(job) is { } text)
            {
                var id = await JobIdArgument.FindAsync(jobs, text, cancellationToken);
                StatusView.Show(output, await jobs.GetAsync(id, cancellationToken) ?? throw JobIdArgument.Unknown(id));
                if (!output.IsJson) StepsView.Show(output.Console, await jobs.StepsAsync(id, cancellationToken));
            }
            else
            {
                StatusView.Show(output, await jobs.StatusAsync(cancellationToken));
            }

            await jobs.CheckAsync(cancellationToken);
            return ExitCode.Completed;
        });
    }

    public static Command Cancel()
    {
        var job = JobIdArgument.Create();
        var command = new Command("cancel", "Cancels a job: its running segments stop, what is stored stays.") { job };
        return ServerArguments.WithJobs(command, async (result, jobs, cancellationToken) =>
        {
            var id = await JobIdArgument.FindAsync(jobs, result.GetRequiredValue(job), cancellationToken);
            if (await jobs.CancelAsync(id, cancellationToken))
            {
                OutputArguments.Plain(result).Out.WriteLine($"{id} is cancelled.");
                return ExitCode.Completed;
            }

            throw await jobs.GetAsync(id, cancellationToken) is { } ended
                ? new CommandException($"{id} has ended already ({Spelling.Of(ended.Job.State)}).")
                : JobIdArgument.Unknown(id);
        });
    }

    public static Command Retry()
    {
        var job = JobIdArgument.CreateOptional("or --failed.");
        var failed = new Option<bool>("--failed") { Description = "Every failed or quarantined segment and every rejected job." };
        var reason = new Option<RejectionReason?>("--reason") { Description = "With --failed: only those that failed for this reason." };
        var command = new Command("retry", "Makes what has no insight ready again; what is stored stays.") { job, failed, reason };
        return ServerArguments.WithJobs(command, async (result, jobs, cancellationToken) =>
        {
            int count;
            if (result.GetValue(job) is { } text)
            {
                var id = await JobIdArgument.FindAsync(jobs, text, cancellationToken);
                count = await jobs.RetryAsync(id, cancellationToken);
                if (count == 0 && await jobs.GetAsync(id, cancellationToken) is null) throw JobIdArgument.Unknown(id);
            }
            else if (result.GetValue(failed))
            {
                count = await jobs.RetryFailedAsync(result.GetValue(reason), cancellationToken);
            }
            else
            {
                throw new CommandException("Say which: a job's id, or --failed for everything that failed.");
            }

            OutputArguments.Plain(result).Out.WriteLine(
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
        var target = new Option<string?>("--out")
        {
            Description = "The file to write; without it or with '-', jsonl and csv go to the standard output.",
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
        var command = new Command("export", "Writes the stored insights to a file.") { format, target, task, source, confidence };
        return ServerArguments.WithJobs(command, async (result, jobs, cancellationToken) =>
        {
            var insights = jobs.ExportAsync(result.GetValue(task), result.GetValue(source), cancellationToken);
            if (result.GetValue(confidence) is { } least)
            {
                if (!(least is >= 0 and <= 1)) throw new CommandException("--min-confidence takes a number from 0 to 1, such as 0.95.");
                insights = insights.Where(insight => LowestConfidence.Of(insight.Fields) >= least);
            }

            var file = result.GetValue(target) ?? InsightFile.StandardOutput;
            var count = await InsightFile.WriteAsync(file, result.GetValue(format), insights, cancellationToken);
            if (file != InsightFile.StandardOutput)
                await OutputArguments.Plain(result).Error.WriteLineAsync($"{count} insights are in {Path.GetFullPath(file)}.");
            return ExitCode.Completed;
        });
    }

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
}
