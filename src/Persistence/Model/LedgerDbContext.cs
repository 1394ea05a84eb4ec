using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Model.Agents;

namespace Qwen35Batch.Persistence.Model;

/// <summary>The tables, the same on every database; what differs is in the derived contexts.</summary>
internal abstract class LedgerDbContext(DbContextOptions options) : DbContext(options)
{
    /// <summary>Raised when jobs or segments hold something that an older worker would misread.</summary>
    public const int SchemaVersion = 1;

    public DbSet<JobRow> Jobs => Set<JobRow>();

    public DbSet<SegmentRow> Segments => Set<SegmentRow>();

    public DbSet<InsightRow> Insights => Set<InsightRow>();

    public DbSet<CitationRow> Citations => Set<CitationRow>();

    public DbSet<StepRow> Steps => Set<StepRow>();

    public DbSet<ReviewRow> Reviews => Set<ReviewRow>();

    public DbSet<OutboxRow> Outbox => Set<OutboxRow>();

    public DbSet<RejectedMessageRow> RejectedMessages => Set<RejectedMessageRow>();

    public DbSet<CorpusRunRow> CorpusRuns => Set<CorpusRunRow>();

    public DbSet<FollowerRow> Followers => Set<FollowerRow>();

    public DbSet<CorpusItemRow> CorpusItems => Set<CorpusItemRow>();

    public DbSet<CalibrationRow> Calibrations => Set<CalibrationRow>();

    public DbSet<TaskVersionRow> TaskVersions => Set<TaskVersionRow>();

    public DbSet<AuditRow> Audit => Set<AuditRow>();

    public DbSet<WorkerRow> Workers => Set<WorkerRow>();

    public DbSet<CrashRow> Crashes => Set<CrashRow>();

    public DbSet<PaceRow> Paces => Set<PaceRow>();

    /// <summary>The type of a column that holds JSON.</summary>
    protected abstract string JsonType { get; }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // Text, because analysts read it.
        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(ColumnLengths.EnumName);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(LedgerDbContext).Assembly);
        modelBuilder.Entity<JobRow>().Property(job => job.Options).HasColumnType(JsonType);
        modelBuilder.Entity<JobRow>().Property(job => job.Media).HasColumnType(JsonType);
        modelBuilder.Entity<InsightRow>().Property(insight => insight.Insight).HasColumnType(JsonType);
        modelBuilder.Entity<CalibrationRow>().Property(calibration => calibration.Curve).HasColumnType(JsonType);
        modelBuilder.Entity<InsightRow>().Property(insight => insight.Fields).HasColumnType(JsonType);
        modelBuilder.Entity<ReviewRow>().Property(review => review.Fields).HasColumnType(JsonType);
        modelBuilder.Entity<ReviewRow>().Property(review => review.Insight).HasColumnType(JsonType);
        modelBuilder.Entity<CitationRow>().Property(citation => citation.Places).HasColumnType(JsonType);
        modelBuilder.Entity<OutboxRow>().Property(message => message.Body).HasColumnType(JsonType);
        modelBuilder.Entity<RejectedMessageRow>().Property(message => message.Headers).HasColumnType(JsonType);
    }
}
