using System.CommandLine;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Corpora;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Worker.Commands.Arguments;
using Qwen35Batch.Worker.Corpora;
using Qwen35Batch.Worker.Hosting;
using Qwen35Batch.Worker.Reports;

namespace Qwen35Batch.Worker.Commands;

/// <summary><c>corpus list</c> and <c>corpus run</c>.</summary>
internal static class CorpusCommand
{
    public static Command Create() => new("corpus", "Shows and runs the configured corpora.") { List(), Run() };

    private static Command List()
    {
        var arguments = new OutputArguments("One JSON array, with the last run of each.", "Only the names, one a line.");
        var host = new HostArguments();
        var command = new Command("list", "Lists the corpora with their schedule and their last run.");
        arguments.AddTo(command);
        host.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var tools = WorkerComposition.BuildLedgerOnly(host.Read(result));
            var corpora = tools.Services.GetRequiredService<IOptions<CorporaOptions>>().Value;
            var output = arguments.Read(result);
            if (output is { IsQuiet: true, IsJson: false })
            {
                foreach (var name in corpora.Keys.Order(StringComparer.Ordinal)) output.Out.WriteLine(name);
                return 0;
            }

            if (corpora.Count == 0 && !output.IsJson)
            {
                output.Out.WriteLine("No corpus is configured; see the section Corpora in the README.");
                return 0;
            }

            await tools.Services.GetRequiredService<LedgerMigrator>().MigrateAsync(cancellationToken);
            var ledger = tools.Services.GetRequiredService<CorpusLedger>();
            var listed = new List<ListedCorpus>();
            foreach (var (name, corpus) in corpora.OrderBy(corpus => corpus.Key, StringComparer.Ordinal))
            {
                var runs = await ledger.ListRunsAsync(name, 1, cancellationToken);
                var schedule = corpus.Cron.Length > 0 ? $"{corpus.Cron} {corpus.TimeZone}" : null;
                listed.Add(new(name, corpus.Folder, corpus.Task, schedule, runs.Count > 0 ? runs[0] : null));
            }

            if (output.IsJson) output.WriteJson(listed);
            else Show(output, listed);
            return 0;
        });
        return command;
    }

    private static void Show(CommandOutput output, List<ListedCorpus> corpora)
    {
        foreach (var corpus in corpora)
        {
            output.Out.WriteLine($"{corpus.Name}: {corpus.Folder}");
            output.Out.WriteLine($"  task {corpus.Task}, runs {(corpus.Schedule is { } schedule ? $"at {schedule}" : "when asked")}");
            output.Out.WriteLine(corpus.LastRun is { } last
                ? $"  last run {last.Date:yyyy-MM-dd}: {last.Enqueued:N0} enqueued, {last.Skipped:N0} unchanged, "
                    + $"{last.Jobs[JobState.Completed]:N0} of {last.Jobs.Values.Sum():N0} completed"
                : "  no run yet");
        }
    }

    private static Command Run()
    {
        var name = new Argument<string>("name") { Description = "The corpus' name." };
        var arguments = new OutputArguments("The run as one JSON object.", "Nothing but what is wrong.");
        var host = new HostArguments();
        var command = new Command("run", "Enqueues what is new or changed in a corpus; a running worker takes it up.") { name };
        arguments.AddTo(command);
        host.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var tools = WorkerComposition.BuildLedgerOnly(host.Read(result));
            await tools.Services.GetRequiredService<LedgerMigrator>().MigrateAsync(cancellationToken);
            var output = arguments.Read(result);
            var run = await tools.Services.GetRequiredService<CorpusRunner>().RunAsync(
                result.GetValue(name)!,
                output.IsQuiet ? null : new Progress<int>(count => output.Error.WriteLine($"{count:N0} files looked at")),
                cancellationToken);
            if (output.IsJson) output.WriteJson(run);
            else if (!output.IsQuiet)
                output.Out.WriteLine($"{run.Corpus} {run.Date:yyyy-MM-dd}: {run.Enqueued} enqueued, {run.Skipped} unchanged.");
            return 0;
        });
        return command;
    }

    /// <summary>A corpus as it is listed.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Folder">Where its files are.</param>
    /// <param name="Task">What is asked of them.</param>
    /// <param name="Schedule">When it runs, as cron expression and time zone; null when somebody must ask.</param>
    /// <param name="LastRun">Its last run; null when there was none.</param>
    private sealed record ListedCorpus(string Name, string Folder, string Task, string? Schedule, CorpusRun? LastRun);
}
