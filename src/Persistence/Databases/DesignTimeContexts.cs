using Microsoft.EntityFrameworkCore.Design;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Databases;

/// <summary>For <c>dotnet ef migrations add</c>, which needs no database.</summary>
internal sealed class PostgreSqlDesignTimeContext : IDesignTimeDbContextFactory<PostgreSqlLedgerDbContext>
{
    public PostgreSqlLedgerDbContext CreateDbContext(string[] args) =>
        (PostgreSqlLedgerDbContext)new PostgreSqlDialect("Host=localhost").Create();
}

/// <summary>For <c>dotnet ef migrations add</c>, which needs no database.</summary>
internal sealed class SqliteDesignTimeContext : IDesignTimeDbContextFactory<SqliteLedgerDbContext>
{
    public SqliteLedgerDbContext CreateDbContext(string[] args) =>
        (SqliteLedgerDbContext)new SqliteDialect("Data Source=ledger.db").Create();
}
