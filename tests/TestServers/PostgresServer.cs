using System.Net;
using Npgsql;

namespace Qwen35Batch.TestServers;

/// <summary>
/// A PostgreSQL server for tests: the one that <c>QWEN35BATCH_TEST_POSTGRES</c> names (a connection string whose user may create
/// databases), else one started from the installed programs in a temporary folder, once per test process.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>The environment variable with the connection string of a server to use instead of an own one.</summary>
    public const string Variable = "QWEN35BATCH_TEST_POSTGRES";

    /// <summary>A time zone that no table may depend on: it is 5 hours and 45 minutes off UTC.</summary>
    private const string HostileTimeZone = "Asia/Kathmandu";

    private static readonly Lazy<Task<PostgresServer>> SharedServer = new(() => StartAsync());

    private readonly ServerProcess? _process;
    private readonly string? _connectionString;

    private PostgresServer(string? connectionString, string? skipReason, ServerProcess? process)
    {
        _connectionString = connectionString;
        SkipReason = skipReason;
        _process = process;
    }

    /// <summary>Why there is no server, for <c>Assert.Skip</c>; null when there is one.</summary>
    public string? SkipReason { get; }

    /// <summary>The server that this test process shares.</summary>
    /// <exception cref="InvalidOperationException">No server, and <c>CI=true</c>.</exception>
    public static Task<PostgresServer> SharedAsync() => SharedServer.Value;

    /// <summary>A server for one test alone, for tests that stop or break it.</summary>
    /// <param name="isDurable">Whether a commit waits for the disk, as it does by PostgreSQL's defaults.</param>
    public static async Task<PostgresServer> StartAsync(bool isDurable = false)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
            return new(given, null, null);

        var programs = InstalledPrograms.FindFolder(
            "initdb",
            "/usr/lib/postgresql/*/bin",
            "/opt/homebrew/opt/postgresql@*/bin",
            "/usr/local/opt/postgresql@*/bin",
            "/usr/pgsql-*/bin");
        if (programs is null || OperatingSystem.IsWindows())
        {
            return new(
                null,
                Availability.SkipUnlessCI(
                    $"PostgreSQL is not installed: install its server package, or set {Variable} to a connection string."),
                null);
        }

        var folder = Directory.CreateTempSubdirectory("qwen35batch-postgres-").FullName;

        var port = ServerProcess.FreePort();
        var connectionString = new NpgsqlConnectionStringBuilder
        {
            Host = IPAddress.Loopback.ToString(),
            Port = port,
            Username = "postgres",
            Database = "postgres",
            Pooling = false,
        }.ConnectionString;
        var environment = new Dictionary<string, string>
        {
            ["programs"] = programs,
            ["port"] = $"{port}",
            ["as_server_user"] = AsServerUser,
            ["durability"] = isDurable ? "" : Volatile,
        };
        return new(
            connectionString,
            null,
            await ServerProcess.StartAsync(Script, folder, environment, token => OpenAsync(connectionString, token)));
    }

    /// <summary>Creates an empty database; it is dropped when the result is disposed.</summary>
    public async Task<PostgresDatabase> CreateDatabaseAsync(CancellationToken cancellationToken)
    {
        var server = _connectionString ?? throw new InvalidOperationException(SkipReason);
        var name = $"qwen35batch_test_{Guid.NewGuid():N}";
        await ExecuteAsync(server, $"CREATE DATABASE {name}", cancellationToken);
        await ExecuteAsync(server, $"ALTER DATABASE {name} SET timezone TO '{HostileTimeZone}'", cancellationToken);
        return new(server, name);
    }

    /// <summary>Stops the server, if it is an own one, and removes its folder.</summary>
    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;

    internal static async Task ExecuteAsync(string connectionString, string sql, CancellationToken cancellationToken)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(unpooled);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
    }

    // PostgreSQL refuses to run as root.
    private static string AsServerUser => Environment.IsPrivilegedProcess ? "runuser -u postgres --" : "";

    /// <summary>Nothing outlives most tests, so nothing waits for the disk.</summary>
    private const string Volatile = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off";

    // Its own process id, because runuser stands between.
    private const string Script = """
        run() {
            if [ -n "$as_server_user" ]; then chown postgres "$folder"; fi
            $as_server_user "$programs/initdb" -D "$folder/data" --username postgres --auth trust --encoding UTF8 \
                --locale C --no-sync || return
            $as_server_user "$programs/postgres" -D "$folder/data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
                $durability -c max_connections=200
        }
        stop() {
            kill -QUIT "$(head -n 1 "$folder/data/postmaster.pid")"
        }
        """;
}
