using Microsoft.EntityFrameworkCore;
using NpgsqlTypes;

namespace Qwen35Batch.Persistence.Model;

internal sealed class PostgreSqlLedgerDbContext(DbContextOptions<PostgreSqlLedgerDbContext> options) : LedgerDbContext(options)
{
    protected override string JsonType => "jsonb";

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        // Analysts ask for insights by what is in them.
        modelBuilder.Entity<InsightRow>().HasIndex(insight => insight.Insight).HasMethod("gin");
        var terms = modelBuilder.Entity<TermsRow>();
        // A term has letters, digits, _ and = alone: there is nothing that the client could read otherwise than the server.
#pragma warning disable CS0618
        terms.Property(row => row.Terms)
            .HasColumnType("tsvector")
            .HasConversion(text => NpgsqlTsVector.Parse(text), vector => vector.ToString());
#pragma warning restore CS0618
        terms.HasIndex(row => row.Terms).HasMethod("gin");
    }
}
