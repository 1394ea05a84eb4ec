using System.CommandLine;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Corpora;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Worker.Corpora;
using Qwen35Batch.Worker.Hosting;
using Spectre.Console;

namespace Qwen35Batch.Worker.Commands;

/// <summary><c>corpus list</c> and <c>corpus run</c>.</summary>
internal static class CorpusCommand
{
    public static Command Create() => new("corpus", "Shows and runs the configured corpora.") { List(), Run() };

    private static Command List()
    {
        var host = new HostArguments();
        var command = new Command("list", "Lists the corpora with their schedule and their last run.");
        host.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var tools = WorkerComposition.BuildLedgerOnly(host.Read(result));
            var corpora = tools.Services.GetRequiredService<IOptions<CorporaOptions>>().Value;
            if (corpora.Count == 0)
            {
                Console.WriteLine("No corpus is configured; see the section Corpora in the README.");
                return 0;
            }

            await tools.Services.GetRequiredService<LedgerMigrator>().MigrateAsync(cancellationToken);
            var ledger = tools.Services.GetRequiredService<CorpusLedger>();
            var table = new Table()
                .Border(TableBorder.Rounded)
                .AddColumns("corpus", "folder", "task", "schedule", "last run", "enqueued", "unchanged", "completed");
            foreach (var (name, corpus) in corpora.OrderBy(corpus => corpus.Key, StringComparer.Ordinal))
            {
                var runs = await ledger.ListRunsAsync(name, 1, cancellationToken);
                var last = runs.Count > 0 ? runs[0] : null;
                table.AddRow(
                    Markup.Escape(name), Markup.Escape(corpus.Folder), Markup.Escape(corpus.Task),
                    Markup.Escape(corpus.Cron.Length > 0 ? $"{corpus.Cron} {corpus.TimeZone}" : "when asked"),
                    last is null ? "-" : $"{last.Date:yyyy-MM-dd}", $"{last?.Enqueued}", $"{last?.Skipped}",
                    last is null ? "" : $"{last.Jobs[JobState.Completed]} of {last.Jobs.Values.Sum()}");
            }

            AnsiConsole.Write(table);
            return 0;
        });
        return command;
    }

    private static Command Run()
    {
        var name = new Argument<string>("name") { Description = "The corpus' name." };
        var host = new HostArguments();
        var command = new Command("run", "Enqueues what is new or changed in a corpus; a running worker takes it up.") { name };
        host.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var tools = WorkerComposition.BuildLedgerOnly(host.Read(result));
            await tools.Services.GetRequiredService<LedgerMigrator>().MigrateAsync(cancellationToken);
            var run = await tools.Services.GetRequiredService<CorpusRunner>().RunAsync(
                result.GetValue(name)!,
                new Progress<int>(count => Console.Error.WriteLine($"{count:N0} files looked at")),
                cancellationToken);
            Console.WriteLine($"{run.Corpus} {run.Date:yyyy-MM-dd}: {run.Enqueued} enqueued, {run.Skipped} unchanged.");
            return 0;
        });
        return command;
    }
}
