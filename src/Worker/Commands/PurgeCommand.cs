using System.CommandLine;
using System.Globalization;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Pipeline.Viewing;
using Qwen35Batch.Worker.Configuration;

namespace Qwen35Batch.Worker.Commands;

/// <summary><c>purge</c>: removes the store's copies of media that no job needs.</summary>
internal static class PurgeCommand
{
    private const int Part = 500;
    private const int MostDays = 36_500;

    public static Command Create()
    {
        var days = new Option<double?>("--older-than")
        {
            Description = "Media whose jobs have all ended so many days ago or longer.",
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
        return LedgerCommands.WithLedger(command, async (result, services, cancellationToken) =>
        {
            if (result.GetValue(days) is null && result.GetValue(source) is null && result.GetValue(corpus) is null)
                throw new CommandException("Say which: --older-than with a number of days, --source or --corpus; --dry-run only shows.");
            if (result.GetValue(days) is { } age && !(age is >= 0 and <= MostDays))
                throw new CommandException($"--older-than takes 0 to {MostDays:N0} days.");
            var before = services.GetRequiredService<TimeProvider>().GetUtcNow().AddDays(-(result.GetValue(days) ?? 0));
            var filter = new JobFilter { SourceContains = result.GetValue(source), Corpus = result.GetValue(corpus) };
            var isDry = result.GetValue(dryRun);
            var (ledger, copies) = (services.GetRequiredService<Ledger>(), services.GetRequiredService<StoredCopies>());
            var (files, bytes) = await RemoveAsync(ledger, copies, filter, before, isDry, cancellationToken);
            var size = (bytes / 1_048_576.0).ToString("N1", CultureInfo.InvariantCulture);
            Console.WriteLine($"{files} files with {size} MiB {(isDry ? "would be" : "are")} removed from the media store.");
            return 0;
        });
    }

    private static async Task<(int Files, long Bytes)> RemoveAsync(
        Ledger ledger, StoredCopies copies, JobFilter filter, DateTimeOffset before, bool isDry, CancellationToken cancellationToken)
    {
        var (files, bytes) = (0, 0L);
        IReadOnlyList<string> part = [""];
        while ((part = await ledger.Reading.ListUnusedMediaAsync(filter, before, part[^1], Part, cancellationToken)).Count > 0)
        {
            foreach (var sha256 in part)
            {
                if (copies.Length(sha256) is not { } length) continue;
                if (!isDry) copies.Remove(sha256);
                files++;
                bytes += length;
            }
        }

        return (files, bytes);
    }
}
