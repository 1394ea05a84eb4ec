using Microsoft.EntityFrameworkCore;

namespace Qwen35Batch.Persistence.Model;

internal sealed class PostgreSqlLedgerDbContext(DbContextOptions<PostgreSqlLedgerDbContext> options) : LedgerDbContext(options)
{
    protected override string JsonType => "jsonb";

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        // Analysts ask for insights by what is in them.
        modelBuilder.Entity<InsightRow>().HasIndex(insight => insight.Insight).HasMethod("gin");
    }
}
