using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Qwen35Batch.Persistence.Tests.Fixtures;

/// <summary>How PostgreSQL answers every statement, in the order in which they were asked.</summary>
internal sealed class QueryPlans : DbCommandInterceptor, IReadOnlyList<string>
{
    private readonly List<string> _plans = [];

    public int Count => _plans.Count;

    public string this[int index] => _plans[index];

    public IEnumerator<string> GetEnumerator() => _plans.GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result,
        CancellationToken cancellationToken = default)
    {
        await ExplainAsync(command, cancellationToken);
        return result;
    }

    public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        await ExplainAsync(command, cancellationToken);
        return result;
    }

    private async Task ExplainAsync(DbCommand command, CancellationToken cancellationToken)
    {
        // A setting has no plan.
        if (command.CommandText.StartsWith("SET ", StringComparison.Ordinal)) return;
        await using var explain = ((NpgsqlCommand)command).Clone();
        explain.CommandText = $"EXPLAIN {command.CommandText}";
        await using var reader = await explain.ExecuteReaderAsync(cancellationToken);
        var lines = new List<string> { command.CommandText };
        while (await reader.ReadAsync(cancellationToken)) lines.Add(reader.GetString(0));
        _plans.Add(string.Join('\n', lines));
    }
}
