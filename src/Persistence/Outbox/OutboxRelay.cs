using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Outbox;

/// <summary>
/// Publishes stored events. A relay leases a number of them in a short transaction, so that none is open while the broker is waited for,
/// and another relay takes the next ones.
/// </summary>
internal sealed class OutboxRelay(LedgerDatabase database)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private static readonly Dictionary<string, Type> Topics =
        new[] { typeof(JobCompleted), typeof(JobRejected), typeof(SegmentCompleted), typeof(InsightReviewed) }
            .ToDictionary(type => type.Name, StringComparer.Ordinal);

    // An event that only a newer version knows is left to a relay of that version.
    private static readonly string KnownTopics = string.Join(", ", Topics.Keys.Select(topic => $"'{topic}'"));

    public async Task<int> RelayAsync(
        Func<OutboxMessage, CancellationToken, Task> publish, int max, TimeSpan lease, CancellationToken cancellationToken)
    {
        // Publishing stops in time: after its lease, another relay sends the same events.
        var startedAt = database.Time.GetTimestamp();
        var messages = await database.WriteAsync((transaction, token) => LeaseAsync(transaction, max, lease, token), cancellationToken);
        var sent = new List<long>(messages.Count);
        var publishing = new List<(long Id, Task Task)>(messages.Count);
        try
        {
            // Begun in their order, and then awaited together: the confirmations overlap.
            foreach (var message in messages)
            {
                if (database.Time.GetElapsedTime(startedAt) > lease / 2) break;
                var task = PublishAsync(message);
                publishing.Add((message.Id, task));
                if (task.IsFaulted) break;
            }

            await Task.WhenAll(publishing.Select(one => one.Task));
        }
        finally
        {
            await Task.WhenAll(publishing.Select(one => one.Task)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            sent.AddRange(publishing.Where(one => one.Task.IsCompletedSuccessfully).Select(one => one.Id));
            // Also when the caller stops: what was sent is not to be sent again, and the rest is free for others at once.
            if (messages.Count > 0)
                await database.WriteAsync((transaction, token) => SettleAsync(transaction, messages, sent, token), CancellationToken.None);
        }
        return sent.Count;

        async Task PublishAsync(OutboxRow message) =>
            await publish(new(message.MessageId, LedgerJson.Read(message.Body, Topics[message.Topic])), cancellationToken);
    }

    /// <summary>Removes what was sent long ago.</summary>
    public static Task<int> PurgeAsync(LedgerTransaction transaction, CancellationToken cancellationToken)
    {
        var before = transaction.Now - Kept;
        return transaction.Db.Outbox.Where(message => message.SentAt < before).ExecuteDeleteAsync(cancellationToken);
    }

    private static async Task<List<OutboxRow>> LeaseAsync(
        LedgerTransaction transaction, int max, TimeSpan lease, CancellationToken cancellationToken)
    {
        var sql = $$"""
            SELECT * FROM outbox
            WHERE sent_at IS NULL AND topic IN ({{KnownTopics}}) AND (leased_until IS NULL OR leased_until < {0})
            ORDER BY id
            LIMIT {1} {{transaction.Dialect.LockFreeRows}}
            """;
        var messages = await transaction.Db.Outbox.FromSqlRaw(sql, transaction.Now, max).AsNoTracking().ToListAsync(cancellationToken);
        if (messages.Count == 0) return messages;
        var (ids, until) = (messages.ConvertAll(message => message.Id), transaction.Now + lease);
        await transaction.Db.Outbox.Where(message => ids.Contains(message.Id))
            .ExecuteUpdateAsync(set => set.SetProperty(message => message.LeasedUntil, until), cancellationToken);
        return messages;
    }

    private static async Task<int> SettleAsync(
        LedgerTransaction transaction, IReadOnlyList<OutboxRow> messages, List<long> sent, CancellationToken cancellationToken)
    {
        var unsent = messages.Select(message => message.Id).Except(sent).ToList();
        if (unsent.Count > 0)
        {
            await transaction.Db.Outbox.Where(message => unsent.Contains(message.Id))
                .ExecuteUpdateAsync(set => set.SetProperty(message => message.LeasedUntil, (DateTimeOffset?)null), cancellationToken);
        }

        return await transaction.Db.Outbox.Where(message => sent.Contains(message.Id))
            .ExecuteUpdateAsync(set => set.SetProperty(message => message.SentAt, transaction.Now), cancellationToken);
    }
}
