using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Qwen35Batch.Persistence.Databases.Announcing;
using Qwen35Batch.Persistence.Databases.Grouping;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.Searching;

namespace Qwen35Batch.Persistence.Databases;

[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle is never asked for has nothing to release.")]
internal sealed class SqliteDialect : ILedgerDialect
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ConstraintUnique = 2067;
    private const int ConstraintPrimaryKey = 1555;
    private const string Clock = "yyyy-MM-dd HH:mm:ss.fff";
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(100);

    private readonly PooledDbContextFactory<SqliteLedgerDbContext> _contexts;
    private readonly string _file;

    // One writer at a time is SQLite's rule. Waiting in line here costs nothing; waiting in the database means to poll.
    private readonly SemaphoreSlim _writer = new(1, 1);

    public SqliteDialect(string connectionString, Action<DbContextOptionsBuilder>? configure = null)
    {
        _file = Path.GetFullPath(new SqliteConnectionStringBuilder(connectionString).DataSource);
        var builder = new DbContextOptionsBuilder<SqliteLedgerDbContext>()
            // A list of keys as one parameter: SQLite has a limit on their number.
            .UseSqlite(connectionString, sqlite => sqlite.UseParameterizedCollectionMode(ParameterTranslationMode.Parameter))
            .UseSnakeCaseNamingConvention()
            .AddInterceptors(new BusyTimeout());
        configure?.Invoke(builder);
        _contexts = new(builder.Options);
    }

    // A write transaction holds the whole database.
    public string LockRows => "";

    public string LockFreeRows => "";

    public string MinuteOfInsight => "substr(created_at, 1, 16)";

    public string TextOfMinute => "minute";

    public string? FoldCounts => null;

    public string? WhyMissing => File.Exists(_file)
        ? null
        : $"There is no ledger {_file}: 'run' and 'serve' make one. Name its folder with --data, or its database in "
            + $"Ledger:ConnectionString.";

    public IWorkChannel? Channel => null;

    public object Instant(DateTimeOffset instant) => instant.UtcDateTime;

    public LedgerDbContext Create() => _contexts.CreateDbContext();

    public async Task<DateTimeOffset> NowAsync(LedgerDbContext db, CancellationToken cancellationToken)
    {
        var now = await db.Database.SqlQueryRaw<string>("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now') AS Value")
            .SingleAsync(cancellationToken);
        return DateTimeOffset.ParseExact(now, Clock, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
    }

    public GroupedRows? Group(LedgerDbContext db) => null;

    public (string Sql, object[] Values) IsOneOf<T>(string column, IReadOnlyCollection<T> values)
        where T : struct
    {
        var list = string.Join(", ", Enumerable.Range(0, values.Count).Select(number => $"{{{number}}}"));
        return ($"{column} IN ({list})", [.. values.Cast<object>()]);
    }

    public bool IsTransient(Exception exception) => exception is SqliteException { SqliteErrorCode: Busy or Locked };

    public bool IsUniqueViolation(Exception exception) =>
        exception is SqliteException { SqliteExtendedErrorCode: ConstraintUnique or ConstraintPrimaryKey };

    public Task<List<long>> FindInsightsAsync(
        LedgerDbContext db, SearchQuery query, long below, int count, CancellationToken cancellationToken)
    {
        // Quoted, a term is nothing but text.
        var wanted = query.Parts.Where(part => !part.IsExcluded).SelectMany(part => part.Terms);
        var excluded = query.Parts.Where(part => part.IsExcluded && part.IsOneTerm).SelectMany(part => part.Terms);
        var terms = $"({string.Join(" AND ", wanted.Select(Quoted))}){string.Concat(excluded.Select(term => $" NOT {Quoted(term)}"))}";
        return db.Database.SqlQueryRaw<long>(
            """
            SELECT rowid AS "Value" FROM insight_terms
            WHERE insight_terms MATCH {0} AND rowid < {1}
            ORDER BY rowid DESC LIMIT {2}
            """,
            terms, below, count).ToListAsync(cancellationToken);

        static string Quoted(string term) => $"\"{term}\"";
    }

    public async ValueTask<IDisposable?> EnterWriteAsync(CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        return new Turn(_writer);
    }

    // A lock on a file beside the database: the operating system releases it when the process dies. EF Core's own lock is a row, which
    // stays behind a killed process and would stop every later migration; whoever holds the file may remove it.
    public async Task<IAsyncDisposable> EnterMigrationAsync(LedgerDbContext db, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        var turn = await OpenLockAsync(cancellationToken);
        try
        {
            await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellationToken);
            await db.Database.ExecuteSqlRawAsync("""DROP TABLE IF EXISTS "__EFMigrationsLock" """, cancellationToken);
            return turn;
        }
        catch
        {
            await turn.DisposeAsync();
            throw;
        }
    }

    private async Task<FileStream> OpenLockAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(_file + ".migration-lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Directory.Exists(Path.GetDirectoryName(_file)))
            {
                await Task.Delay(LockPause, cancellationToken);
            }
        }
    }

    private sealed class Turn(SemaphoreSlim writer) : IDisposable
    {
        public void Dispose() => writer.Release();
    }
}
