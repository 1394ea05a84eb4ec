using System.Globalization;
using Npgsql;
using Qwen35Batch.TestServers;

namespace Qwen35Batch.Worker.Tests.Availability;

/// <summary>A database on a server of its own, used by a role without special rights, and the ways in which it goes wrong.</summary>
internal sealed class BreakableLedger : IAsyncDisposable
{
    private const string Role = "worker";
    private const string Password = "right";

    private readonly PostgresDatabase _database;
    private readonly NpgsqlConnectionStringBuilder _admin;
    private readonly string _name;
    private NpgsqlConnection? _lock;

    private BreakableLedger(PostgresDatabase database)
    {
        _database = database;
        _admin = new(database.ConnectionString) { Pooling = false };
        _name = _admin.Database!;
        ConnectionString = new NpgsqlConnectionStringBuilder(database.ConnectionString)
        {
            Username = Role,
            Password = Password,
            Timeout = 5,
        }.ConnectionString;
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public string ConnectionString { get; }

    public static async Task<BreakableLedger> CreateAsync(PostgresServer server)
    {
        var ledger = new BreakableLedger(await server.CreateDatabaseAsync(Cancellation));
        await ledger.ExecuteAsync($"DROP ROLE IF EXISTS {Role}; CREATE ROLE {Role} LOGIN PASSWORD '{Password}'");
        await ledger.ExecuteAsync($"ALTER DATABASE {ledger._name} OWNER TO {Role}; ALTER SCHEMA public OWNER TO {Role}");
        return ledger;
    }

    /// <summary>Makes the ledger unusable.</summary>
    /// <param name="fault">The SQLSTATE that it then answers.</param>
    public async Task BreakAsync(string fault)
    {
        switch (fault)
        {
            case "25006":
                await ExecuteAsync("ALTER SYSTEM SET default_transaction_read_only = on");
                await ExecuteAsync("SELECT pg_reload_conf()");
                break;
            case "42P01":
                await ExecuteAsync("ALTER TABLE job RENAME TO job_away");
                break;
            case "42501":
                await ExecuteAsync($"REVOKE INSERT, UPDATE ON job, segment, insight FROM {Role}");
                break;
            case "28P01":
                await ExecuteAsync($"ALTER ROLE {Role} PASSWORD 'another'");
                await AskForPasswordsAsync($"host {_name} {Role} 127.0.0.1/32 scram-sha-256");
                await CutAsync();
                break;
            case "28000":
                await ExecuteAsync($"ALTER ROLE {Role} NOLOGIN");
                await CutAsync();
                break;
            case "3D000":
                await ExecuteAsync($"ALTER DATABASE {_name} ALLOW_CONNECTIONS false", "postgres");
                await CutAsync();
                await ExecuteAsync($"ALTER DATABASE {_name} RENAME TO {_name}_away", "postgres");
                break;
            case "53300":
                await ExecuteAsync($"ALTER ROLE {Role} CONNECTION LIMIT 0");
                await CutAsync();
                break;
            case "57014":
                await ExecuteAsync($"ALTER ROLE {Role} SET statement_timeout = '200ms'");
                _lock = new(_admin.ConnectionString);
                await _lock.OpenAsync(Cancellation);
                await CutAsync();
                await using (var take = new NpgsqlCommand("BEGIN; LOCK TABLE job, segment IN ACCESS EXCLUSIVE MODE", _lock))
                    await take.ExecuteNonQueryAsync(Cancellation);
                break;
            default:
                await ExecuteAsync($"""
                    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                        $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '{fault}'; END $$;
                    CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON segment FOR EACH ROW EXECUTE FUNCTION refuse();
                    CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON job FOR EACH ROW EXECUTE FUNCTION refuse();
                    """);
                break;
        }
    }

    public async Task MendAsync(string fault)
    {
        switch (fault)
        {
            case "25006":
                await ExecuteAsync("ALTER SYSTEM RESET default_transaction_read_only");
                await ExecuteAsync("SELECT pg_reload_conf()");
                break;
            case "42P01":
                await ExecuteAsync("ALTER TABLE job_away RENAME TO job");
                break;
            case "42501":
                await ExecuteAsync($"GRANT INSERT, UPDATE ON job, segment, insight TO {Role}");
                break;
            case "28P01":
                await ExecuteAsync($"ALTER ROLE {Role} PASSWORD '{Password}'");
                break;
            case "28000":
                await ExecuteAsync($"ALTER ROLE {Role} LOGIN");
                break;
            case "3D000":
                await ExecuteAsync($"ALTER DATABASE {_name}_away RENAME TO {_name}", "postgres");
                await ExecuteAsync($"ALTER DATABASE {_name} ALLOW_CONNECTIONS true", "postgres");
                break;
            case "53300":
                await ExecuteAsync($"ALTER ROLE {Role} CONNECTION LIMIT -1");
                break;
            case "57014":
                await _lock!.DisposeAsync();
                break;
            default:
                await ExecuteAsync("DROP FUNCTION refuse CASCADE");
                break;
        }
    }

    /// <summary>Returns when the leases of what is worked on have run out on the database's clock.</summary>
    public async Task LeasesRunOutAsync(string fault)
    {
        // The segments themselves are locked.
        if (fault == "57014")
        {
            await AskAsync("SELECT pg_sleep_until((SELECT max(lease_until) FROM segment))", _lock!);
            return;
        }

        var database = fault == "3D000" ? $"{_name}_away" : _name;
        if (fault == "3D000") await ExecuteAsync($"ALTER DATABASE {database} ALLOW_CONNECTIONS true", "postgres");
        await using var connection = await OpenAsync(database);
        await AskAsync("SELECT pg_sleep_until((SELECT max(lease_until) FROM segment))", connection);
    }

    public async ValueTask DisposeAsync()
    {
        if (_lock is not null) await _lock.DisposeAsync();
        await _database.DisposeAsync();
        await ExecuteAsync($"DROP ROLE IF EXISTS {Role}", "postgres");
    }

    private static async Task AskAsync(string sql, NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        await command.ExecuteScalarAsync(Cancellation);
    }

    // Nobody else is asked: the tests' own connections are trusted.
    private async Task AskForPasswordsAsync(string line)
    {
        await ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"""
            DO $$ BEGIN
                EXECUTE format(
                    'COPY (SELECT unnest(ARRAY[''{line}'', ''host all all 127.0.0.1/32 trust''])) TO %L', current_setting('hba_file'));
            END $$
            """));
        await ExecuteAsync("SELECT pg_reload_conf()");
    }

    private Task CutAsync() => ExecuteAsync(
        $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{_name}' AND usename = '{Role}'", "postgres");

    private async Task ExecuteAsync(string sql, string? database = null)
    {
        await using var connection = await OpenAsync(database ?? _name);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private async Task<NpgsqlConnection> OpenAsync(string database)
    {
        var settings = new NpgsqlConnectionStringBuilder(_admin.ConnectionString) { Database = database };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(Cancellation);
        return connection;
    }
}
