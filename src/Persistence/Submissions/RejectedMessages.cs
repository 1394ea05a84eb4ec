using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Submissions;

/// <summary>Messages that could not be accepted, kept for a person to read.</summary>
internal static class RejectedMessages
{
    private const int MaxBodyBytes = 1 << 20;

    public static async Task<bool> RecordAsync(LedgerTransaction transaction, RejectedMessage message, CancellationToken cancellationToken)
    {
        var key = message.MessageId is { Length: > 0 } id
            ? DedupeKey.Fitting($"id:{id}")
            : $"body:{Convert.ToHexStringLower(SHA256.HashData(message.Body.Span))}";
        if (await transaction.Db.RejectedMessages.AnyAsync(row => row.MessageKey == key, cancellationToken))
            return false;

        transaction.Db.RejectedMessages.Add(new()
        {
            MessageKey = key,
            MessageId = message.MessageId?.Storable(ColumnLengths.Key),
            Reason = message.Reason.Storable(ColumnLengths.Detail),
            Body = message.Body[..Math.Min(message.Body.Length, MaxBodyBytes)].ToArray(),
            BodyLength = message.Body.Length,
            Headers = LedgerJson.Write(message.Headers),
            ReceivedAt = transaction.Now,
        });
        return true;
    }

    public static async Task<IReadOnlyList<RejectedMessage>> ListAsync(
        LedgerDbContext db, int skip, int count, CancellationToken cancellationToken)
    {
        var rows = await db.RejectedMessages.AsNoTracking()
            .OrderByDescending(row => row.Id)
            .Skip(skip)
            .Take(count)
            .ToListAsync(cancellationToken);
        return [.. rows.Select(row => new RejectedMessage
        {
            MessageId = row.MessageId,
            Reason = row.Reason,
            Body = row.Body,
            Headers = LedgerJson.Read<Dictionary<string, string>>(row.Headers),
            ReceivedAt = row.ReceivedAt,
        })];
    }
}
