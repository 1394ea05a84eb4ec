using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Qwen35Batch.Benchmarks.Eyes;

/// <summary>Prints how PostgreSQL answers each query, with what it took.</summary>
internal sealed class QueryPlans : DbCommandInterceptor
{
    public static void Of(string question) => Console.WriteLine($"\n  == {question}");

    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result,
        CancellationToken cancellationToken = default)
    {
        await using var explain = ((NpgsqlCommand)command).Clone();
        explain.CommandText = $"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF) {command.CommandText}";
        await using var reader = await explain.ExecuteReaderAsync(cancellationToken);
        var text = string.Join(' ', command.CommandText.Split('\n').Select(line => line.Trim()));
        Console.WriteLine($"  -- {text[..Math.Min(110, text.Length)]}");
        while (await reader.ReadAsync(cancellationToken)) Console.WriteLine($"     {reader.GetString(0)}");
        return result;
    }
}
