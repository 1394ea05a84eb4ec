using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Reading;

/// <summary>Insights by the minute in which they were stored, counted by the database.</summary>
internal static class MinuteCounts
{
    private const string Format = "yyyy-MM-dd HH:mm";

    public static async Task<IReadOnlyList<long>> ReadAsync(
        LedgerDbContext db, ILedgerDialect dialect, int minutes, CancellationToken cancellationToken)
    {
        var now = await dialect.NowAsync(db, cancellationToken);
        var first = now.AddMinutes(1 - minutes);
        // Nothing foreign is in the text: the expressions are constants of the dialect.
        var sql = $$"""
            SELECT {{dialect.TextOfMinute}} AS minute, count FROM (
                SELECT {{dialect.MinuteOfInsight}} AS minute, count(*) AS count FROM insight WHERE created_at >= {0} GROUP BY 1) AS part
            """;
        var counts = await db.Database.SqlQueryRaw<MinuteCount>(sql, dialect.Instant(first))
            .ToDictionaryAsync(row => row.Minute, row => row.Count, cancellationToken);
        return [.. Enumerable.Range(0, minutes).Select(minute => counts.GetValueOrDefault(Text(first.AddMinutes(minute))))];
    }

    private static string Text(DateTimeOffset instant) => instant.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    private sealed record MinuteCount(string Minute, long Count);
}
