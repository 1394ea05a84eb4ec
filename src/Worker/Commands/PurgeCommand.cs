using System.CommandLine;
using Microsoft.Extensions.Options;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Worker.Commands.Arguments;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Retention;
using Qwen35Batch.Worker.Run;

namespace Qwen35Batch.Worker.Commands;

/// <summary><c>purge</c>: removes the store's copies of media that no job needs.</summary>
internal static class PurgeCommand
{
    private const int MostDays = 36_500;

    public static Command Create()
    {
        var days = new Option<double?>("--older-than")
        {
            Description = "Media whose jobs have all ended so many days ago or longer; without any choice, as Retention:MediaDays says.",
            HelpName = "days",
        };
        var source = new Option<string?>("--source") { Description = "Only of sources that contain this text.", HelpName = "text" };
        var corpus = new Option<string?>("--corpus") { Description = "Only of this corpus.", HelpName = "corpus" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Says what would be removed, and removes nothing." };
        var command = new Command(
            "purge",
            "Removes the media store's copies of media whose jobs have all ended. Sources, jobs and insights stay; a retry copies the "
                + "source again.")
        {
            days,
            source,
            corpus,
            dryRun,
        };
        LedgerCommands.WithLedger(command, async (result, services, cancellationToken) =>
        {
            var age = result.GetValue(days);
            if (age is null && result.GetValue(source) is null && result.GetValue(corpus) is null)
            {
                age = services.GetRequiredService<IOptions<RetentionOptions>>().Value.MediaDays ?? throw new CommandException(
                    "Say which: --older-than with a number of days, --source or --corpus, or set Retention:MediaDays; --dry-run only "
                        + "shows.");
            }

            if (age is { } given && !(given is >= 0 and <= MostDays))
                throw new CommandException($"--older-than takes 0 to {MostDays:N0} days.");
            var before = services.GetRequiredService<TimeProvider>().GetUtcNow().AddDays(-(age ?? 0));
            var filter = new JobFilter { SourceContains = result.GetValue(source), Corpus = result.GetValue(corpus) };
            var isDry = result.GetValue(dryRun);
            var purged = await services.GetRequiredService<MediaPurge>().RemoveAsync(filter, before, isDry, cancellationToken);
            var output = OutputArguments.Plain(result);
            output.Out.WriteLine($"{purged} {(isDry ? "would be" : "are")} removed from the media store.");
            foreach (var problem in purged.Problems) output.Error.WriteLine(problem);
            return purged.Problems.Count == 0 ? ExitCode.Completed : ExitCode.Incomplete;
        });
        return command;
    }
}
