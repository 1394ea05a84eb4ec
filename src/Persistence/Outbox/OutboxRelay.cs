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
        try
        {
            foreach (var message in messages)
            {
                if (database.Time.GetElapsedTime(startedAt) > lease / 2) break;
                await publish(new(message.MessageId, LedgerJson.Read(message.Body, Topics[message.Topic])), cancellationToken);
                sent.Add(message.Id);
            }
        }
        finally
        {
            // Also when the caller stops: what was sent is not to be sent again, and the rest is free for others at once.
            if (messages.Count > 0)
                await database.WriteAsync((transaction, token) => SettleAsync(transaction, messages, sent, token), CancellationToken.None);
        }
        return sent.Count;
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
        var messages = await transaction.Db.Outbox.FromSqlRaw(sql, transaction.Now, max).ToListAsync(cancellationToken);
        foreach (var message in messages)
            message.LeasedUntil = transaction.Now + lease;
        return messages;
    }

    private static async Task<int> SettleAsync(
        LedgerTransaction transaction, IReadOnlyList<OutboxRow> messages, List<long> sent, CancellationToken cancellationToken)
    {
        var unsent = messages.Select(message => message.Id).Except(sent).ToList();
        await transaction.Db.Outbox.Where(message => unsent.Contains(message.Id))
            .ExecuteUpdateAsync(set => set.SetProperty(message => message.LeasedUntil, (DateTimeOffset?)null), cancellationToken);
        return await transaction.Db.Outbox.Where(message => sent.Contains(message.Id))
            .ExecuteUpdateAsync(set => set.SetProperty(message => message.SentAt, transaction.Now), cancellationToken);
    }
}
