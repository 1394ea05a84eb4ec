using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Names;

/// <summary>The names of stored insights and their keys in the user's own lists.</summary>
public sealed class NamesLedger
{
    private const int PartSize = 200;

    private readonly LedgerDatabase _database;

    internal NamesLedger(LedgerDatabase database) => _database = database;

    /// <summary>
    /// Asks again for the key of each stored name of a list that has none. The insights stay as they are; only their names get keys. It
    /// writes part by part: when it ends early, what was written stays, and asking again does the rest.
    /// </summary>
    /// <param name="vocabulary">The list.</param>
    /// <param name="find">From an insight and one of its names, the name with its key; null when it still has none.</param>
    /// <param name="cancellationToken">Ends it between two parts.</param>
    public async Task<RelinkCount> RelinkAsync(
        string vocabulary, Func<JsonElement, LinkedName, LinkedName?> find, CancellationToken cancellationToken)
    {
        var count = new RelinkCount(0, 0, 0);
        for (var last = 0L; ;)
        {
            var from = last;
            (last, var part) = await _database.WriteAsync(
                (transaction, token) => RelinkPartAsync(transaction.Db, from, vocabulary, find, token), cancellationToken);
            count = new(count.Insights + part.Insights, count.Linked + part.Linked, count.Unknown + part.Unknown);
            if (last == from)
                return count;
        }
    }

    private static async Task<(long Last, RelinkCount Count)> RelinkPartAsync(
        LedgerDbContext db, long from, string vocabulary, Func<JsonElement, LinkedName, LinkedName?> find,
        CancellationToken cancellationToken)
    {
        var (insights, linked, unknown) = (0, 0, 0);
        var rows = await db.Insights.Where(row => row.Id > from && row.Names != null)
            .OrderBy(row => row.Id)
            .Take(PartSize)
            .ToListAsync(cancellationToken);
        foreach (var row in rows)
        {
            var names = LedgerJson.Read<List<LinkedName>>(row.Names!);
            var before = linked;
            for (var i = 0; i < names.Count; i++)
            {
                if (names[i].Vocabulary != vocabulary || names[i].Key is not null)
                    continue;
                var found = find(LedgerJson.Element(row.Insight), names[i]);
                (linked, unknown) = found is null ? (linked, unknown + 1) : (linked + 1, unknown);
                names[i] = found ?? names[i];
            }

            if (linked == before)
                continue;
            insights++;
            row.Names = LedgerJson.Write(names);
        }

        return (rows.Count == 0 ? from : rows[^1].Id, new(insights, linked, unknown));
    }
}
