using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Outbox;

/// <summary>Stores an event with what it tells of: both or neither.</summary>
internal static class OutboxWriter
{
    public static void Add(LedgerTransaction transaction, object message) =>
        transaction.Add(new OutboxRow
        {
            MessageId = Guid.CreateVersion7(transaction.Now),
            Topic = message.GetType().Name,
            Body = LedgerJson.Write(message, message.GetType()),
            CreatedAt = transaction.Now,
        });
}
