using System.Globalization;
using Qwen35Batch.Persistence.Databases.Announcing;

namespace Qwen35Batch.Persistence.Databases;

/// <summary>What other processes that share the ledger have stored for somebody to do: on PostgreSQL, since SQLite is looked at.</summary>
public sealed class LedgerAnnouncements
{
    private readonly LedgerDatabase _database;

    internal LedgerAnnouncements(LedgerDatabase database) => _database = database;

    /// <summary>Whether there is a way to hear of it.</summary>
    public bool CanListen => _database.Dialect.Channel is not null;

    /// <summary>
    /// Listens until the token is cancelled. What other processes announce is heard, and once everything, when the listening begins: what
    /// was announced before was missed.
    /// </summary>
    /// <param name="heard">Called with what there may be to do.</param>
    /// <param name="cancellationToken">Stops the listening.</param>
    /// <exception cref="LedgerUnavailableException">The connection cannot be made, or was lost.</exception>
    /// <exception cref="NotSupportedException">See <see cref="CanListen"/>.</exception>
    public Task ListenAsync(Action<ReadyWork> heard, CancellationToken cancellationToken)
    {
        var channel = _database.Dialect.Channel
            ?? throw new NotSupportedException("With SQLite nobody is told of work; the ledger is asked for it.");
        return LedgerFault.TellAsync(async () =>
        {
            await channel.ListenAsync(() => heard(ReadyWork.All), Hear, cancellationToken);
            return true;
        }, cancellationToken);

        void Hear(string text)
        {
            var parts = text.Split(' ');
            if (parts[0] == _database.Announcer?.Sender) return;
            // A later version may announce what this one does not know.
            var isKnown = int.TryParse(parts[^1], CultureInfo.InvariantCulture, out var work);
            var known = isKnown ? (ReadyWork)work & ReadyWork.All : ReadyWork.All;
            if (known != ReadyWork.None) heard(known);
        }
    }
}
