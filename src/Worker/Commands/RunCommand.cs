using System.CommandLine;
using Qwen35Batch.Worker.Commands.Arguments;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Files;
using Qwen35Batch.Worker.Run;

namespace Qwen35Batch.Worker.Commands;

/// <summary><c>run</c>: analyses files in this process, without a broker or a server, and resumes where an earlier run stopped.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var sources = new Argument<string[]>("sources")
        {
            Description = "Files, folders (with their subfolders), globs such as 'scans/**/*.pdf', or https URLs.",
            Arity = ArgumentArity.ZeroOrMore
        };
        var output = new Option<string?>("--out")
        {
            Description = "Write the insights to this file: CSV or Parquet if it ends so, or else one JSON object a line; '-' writes "
                + "these to the standard output.",
            HelpName = "file"
        };
        var timeline = new Option<FileInfo?>("--timeline")
        {
            Description = "Write what the engine in this process does, second by second, to this CSV file.",
            HelpName = "file"
        };
        var ask = new AskArguments();
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "With --ask: shows the plan, the tools, their hosts and the most that it may spend, and calls no tool."
        };
        var arguments = new OutputArguments(
            "One JSON object at the end: jobs by state, what failed and why, usage.",
            "Only what failed, a line each, on the error stream.");
        var job = new JobArguments();
        var host = new HostArguments();
        var command = new Command(
            "run",
            "Analyses files here and now, and shows the progress. The same command again resumes and repeats nothing.")
            {
                sources,
                output,
                timeline
            };
        ask.AddTo(command);
        command.Add(dryRun);
        arguments.AddTo(command);
        job.AddTo(command);
        host.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            ask.Require(result, result.GetValue(sources)!);
            var shown = arguments.Read(result);
            if (result.GetValue(dryRun))
            {
                return await AgentDryRun.ShowAsync(
                    shown, host.Read(result), job.Task(result), ask.Questions(result), job.Options(result).Language, cancellationToken);
            }

            var file = result.GetValue(output);
            if (file == InsightFile.StandardOutput)
            {
                if (shown.IsJson) throw new CommandException("--json and '--out -' both want the standard output: name a file with --out.");
                shown = shown.OnErrorStream;
            }

            var leftOut = new LeftOutFiles();
            var request = new RunRequest(
                SourceExpansion.Expand(result.GetValue(sources)!, leftOut.Add),
                job.Task(result),
                job.Options(result),
                job.Priority(result),
                job.Again(result),
                file is null or InsightFile.StandardOutput ? file : Path.GetFullPath(file))
            {
                Questions = ask.Questions(result),
            };
            return leftOut.EndWith(await EmbeddedBatch.RunAsync(
                host.Read(result),
                [request],
                shown,
                result.GetValue(timeline),
                (_, run) => run.FinishAsync(request, CancellationToken.None),
                cancellationToken));
        });
        return command;
    }
}
