using System.CommandLine;
using Qwen35Batch.Inference;
using Qwen35Batch.Worker.Hosting;
using Qwen35Batch.Worker.Intake;
using Qwen35Batch.Worker.Telemetry;
using Spectre.Console;

namespace Qwen35Batch.Worker.Cli;

/// <summary><c>run</c>: analyses files in this process, without a broker or a server, and resumes where an earlier run stopped.</summary>
internal static class RunCommand
{
    /// <summary>Some jobs did not complete.</summary>
    public const int Incomplete = 2;

    /// <summary>Stopped by the user, as shells report it.</summary>
    public const int Stopped = 130;

    public static Command Create()
    {
        var sources = new Argument<string[]>("sources") { Description = "Files, folders (with their subfolders), globs such as 'scans/**/*.pdf', or https URLs.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<FileInfo?>("--out") { Description = "Write the insights to this file, one JSON object a line.", HelpName = "file" };
        var timeline = new Option<FileInfo?>("--timeline") { Description = "Write what the engine in this process does, second by second, to this CSV file.", HelpName = "file" };
        var job = new JobArguments();
        var host = new HostArguments();
        var command = new Command("run", "Analyses files here and now, and shows the progress. The same command again resumes and repeats nothing.") { sources, output, timeline };
        job.AddTo(command);
        host.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            var request = new RunRequest(
                SourceExpansion.Expand(result.GetValue(sources)!),
                job.Task(result),
                job.Options(result),
                job.Priority(result),
                result.GetValue(output)?.FullName);
            var settings = host.Read(result) with { OwnsDataFolder = true };
            using var folder = DataFolderLock.Take(settings);
            using var worker = WorkerComposition.BuildEmbedded(settings, AddServices);
            await worker.StartAsync(cancellationToken);
            var run = worker.Services.GetRequiredService<BatchRun>();
            using var ended = new CancellationTokenSource();
            var recording = result.GetValue(timeline) is { } file
                ? new EngineTimeline(() => worker.Services.GetService<Qwen35EngineHost>()?.Statistics, TimeProvider.System).RecordAsync(file.FullName, ended.Token)
                : Task.CompletedTask;
            try
            {
                await run.FollowAsync(request, worker.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
            }
            finally
            {
                // Work in flight is finished or given back; a second signal cuts that short.
                await worker.StopAsync(CancellationToken.None);
                await ended.CancelAsync();
                await recording;
            }

            // After the stop, and not with its token: what was finished on the way out belongs to the result.
            var outcome = await run.FinishAsync(request, CancellationToken.None);
            // A host that stopped by itself, such as for a model that cannot be loaded, has set the exit code and said why.
            return outcome == Stopped && Environment.ExitCode != 0 ? Environment.ExitCode : outcome;
        });
        return command;
    }

    private static void AddServices(IServiceCollection services) => services
        .AddSingleton(AnsiConsole.Console)
        .AddSingleton<AnalysisIdentity>()
        .AddSingleton<RunView>()
        .AddSingleton<BatchRun>();
}
