using System.CommandLine;
using Qwen35Batch.Persistence;
using Qwen35Batch.Pipeline.Vocabularies;
using Qwen35Batch.Schemas.Vocabularies;
using Qwen35Batch.Worker.Configuration;

namespace Qwen35Batch.Worker.Commands;

/// <summary><c>vocabulary</c>: the user's own lists of names.</summary>
internal static class VocabularyCommand
{
    public static Command Create() => new("vocabulary", "Works with the lists of names of Tasks:Vocabularies.") { Relink() };

    private static Command Relink()
    {
        var name = new Argument<string>("name") { Description = "The list's name in Tasks:Vocabularies." };
        var command = new Command("relink", "Looks up again the stored names that are not in a list, after the list has grown.") { name };
        return LedgerCommands.WithLedger(command, async (result, services, cancellationToken) =>
        {
            var lists = services.GetRequiredService<IVocabularies>();
            var wanted = result.GetRequiredValue(name);
            var list = lists.Find(wanted) ?? throw new CommandException(
                $"There is no list of names '{wanted}'; "
                    + (lists.Names.Count == 0
                        ? $"give it in the settings: Tasks:Vocabularies:{wanted}."
                        : $"there are {string.Join(", ", lists.Names.Order(StringComparer.Ordinal).Select(one => $"'{one}'"))}."));
            var count = await services.GetRequiredService<Ledger>().Names.RelinkAsync(
                wanted, (insight, stored) => StoredNames.Link(insight, stored, list), cancellationToken);
            Console.WriteLine(
                $"{count.Linked} names of '{wanted}' have a key now, in {count.Insights} insights; {count.Unknown} are still in no list.");
            return 0;
        });
    }
}
