using Npgsql;

namespace Qwen35Batch.Persistence.Databases.Announcing;

/// <summary>LISTEN and NOTIFY, which reach whoever is connected to the same database.</summary>
internal sealed class PostgreSqlChannel(string connectionString) : IWorkChannel
{
    private const string Name = "qwen35batch_work";

    /// <summary>A connection that was cut without a word is found out after so many seconds.</summary>
    private const int KeepAliveSeconds = 30;

    private static readonly TimeSpan LongestSending = TimeSpan.FromSeconds(5);

    private readonly string _listening = ForListening(connectionString);

    public async Task SendAsync(string text, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(LongestSending);
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(bound.Token);
        await using var command = new NpgsqlCommand("SELECT pg_notify($1, $2)", connection)
        {
            Parameters = { new() { Value = Name }, new() { Value = text } },
        };
        await command.ExecuteNonQueryAsync(bound.Token);
    }

    public async Task ListenAsync(Action listening, Action<string> heard, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(_listening);
        await connection.OpenAsync(cancellationToken);
        connection.Notification += (_, told) => heard(told.Payload);
        await using (var listen = new NpgsqlCommand($"LISTEN {Name}", connection)) await listen.ExecuteNonQueryAsync(cancellationToken);
        listening();
        while (true) await connection.WaitAsync(cancellationToken);
    }

    private static string ForListening(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, KeepAlive = KeepAliveSeconds };
        builder.ApplicationName = $"{builder.ApplicationName ?? "qwen35batch"} (listens)";
        return builder.ConnectionString;
    }
}
