using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Qwen35Batch.Persistence.Model;

internal sealed class SqliteLedgerDbContext(DbContextOptions<SqliteLedgerDbContext> options) : LedgerDbContext(options)
{
    protected override string JsonType => "TEXT";

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcText>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        // A virtual table, which the migration makes: its key is the number of the row.
        modelBuilder.Entity<TermsRow>().ToTable("insight_terms", table => table.ExcludeFromMigrations())
            .Property(row => row.InsightId).HasColumnName("rowid");
    }

    // SQLite has no type for an instant. As UTC text without an offset it sorts, and SQLite's own date functions read it.
    private sealed class UtcText() : ValueConverter<DateTimeOffset, DateTime>(
        instant => instant.UtcDateTime,
        text => new DateTimeOffset(DateTime.SpecifyKind(text, DateTimeKind.Utc)));
}
