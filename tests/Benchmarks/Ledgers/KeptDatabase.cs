using Npgsql;
using Qwen35Batch.TestServers;

namespace Qwen35Batch.Benchmarks.Ledgers;

/// <summary>A database that outlives a run, so that a large ledger is filled once.</summary>
internal static class KeptDatabase
{
    /// <summary>How to reach it.</summary>
    /// <param name="name">A database of the server that <see cref="PostgresServer.Variable"/> names.</param>
    /// <exception cref="ArgumentException">No server is named.</exception>
    public static string Of(string name) => new NpgsqlConnectionStringBuilder(
        Environment.GetEnvironmentVariable(PostgresServer.Variable)
            ?? throw new ArgumentException($"--keep needs a server that stays: set {PostgresServer.Variable} to its connection string."))
    {
        Database = name,
    }.ConnectionString;
}
