using System.CommandLine;
using Microsoft.Extensions.Options;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Worker.Commands.Arguments;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Retention;
using Qwen35Batch.Worker.Run;

namespace Qwen35Batch.Worker.Commands;

/// <summary><c>purge</c>: removes the store's copies of media that no job needs, or whole jobs.</summary>
internal static class PurgeCommand
{
    private const int MostDays = 36_500;

    public static Command Create()
    {
        var days = new Option<double?>("--older-than")
        {
            Description = "Media whose jobs have all ended so many days ago or longer, or with --jobs such jobs; without any choice, as "
                + "Retention:MediaDays or Retention:JobDays says.",
            HelpName = "days",
        };
        var source = new Option<string?>("--source") { Description = "Only of sources that contain this text.", HelpName = "text" };
        var corpus = new Option<string?>("--corpus") { Description = "Only of this corpus.", HelpName = "corpus" };
        var jobs = new Option<bool>("--jobs")
        {
            Description = "Whole jobs that have ended: insights, reviews, steps and history as well, the files that they made, and the "
                + "copies of media that no other job has.",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Says what would be removed, and removes nothing." };
        var command = new Command(
            "purge",
            "Removes the media store's copies of media whose jobs have all ended; a retry copies the source again. With --jobs, the jobs "
                + "themselves. Sources stay.")
        {
            jobs,
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
                var retention = services.GetRequiredService<IOptions<RetentionOptions>>().Value;
                age = (result.GetValue(jobs) ? retention.JobDays : retention.MediaDays) ?? throw new CommandException(
                    "Say which: --older-than with a number of days, --source or --corpus, or set "
                        + $"Retention:{(result.GetValue(jobs) ? nameof(retention.JobDays) : nameof(retention.MediaDays))}; --dry-run only "
                        + "shows.");
            }

            if (age is { } given && !(given is >= 0 and <= MostDays))
                throw new CommandException($"--older-than takes 0 to {MostDays:N0} days.");
            var before = services.GetRequiredService<TimeProvider>().GetUtcNow().AddDays(-(age ?? 0));
            var filter = new JobFilter { SourceContains = result.GetValue(source), Corpus = result.GetValue(corpus) };
            var isDry = result.GetValue(dryRun);
            var output = OutputArguments.Plain(result);
            IReadOnlyList<string> problems;
            if (result.GetValue(jobs))
            {
                var purged = await services.GetRequiredService<JobPurge>().RemoveAsync(filter, before, isDry, cancellationToken);
                output.Out.WriteLine($"{purged} {(isDry ? "would be" : "are")} removed.");
                problems = purged.Copies.Problems;
            }
            else
            {
                var purged = await services.GetRequiredService<MediaPurge>().RemoveAsync(filter, before, isDry, cancellationToken);
                output.Out.WriteLine($"{purged} {(isDry ? "would be" : "are")} removed from the media store.");
                problems = purged.Problems;
            }

            foreach (var problem in problems) output.Error.WriteLine(problem);
            return problems.Count == 0 ? ExitCode.Completed : ExitCode.Incomplete;
        });
        return command;
    }
}
