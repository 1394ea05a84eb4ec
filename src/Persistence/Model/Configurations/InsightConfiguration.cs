using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Qwen35Batch.Persistence.Model.Configurations;

internal sealed class InsightConfiguration : IEntityTypeConfiguration<InsightRow>
{
    public void Configure(EntityTypeBuilder<InsightRow> builder)
    {
        builder.ToTable("insight");
        builder.Property(insight => insight.TaskName).HasMaxLength(ColumnLengths.Name);
        builder.Property(insight => insight.TaskVersion).HasMaxLength(ColumnLengths.Name);
        builder.Property(insight => insight.Model).HasMaxLength(ColumnLengths.Model);
        builder.Property(insight => insight.Note).HasMaxLength(ColumnLengths.Detail);

        // Nothing is stored twice, whoever writes.
        builder.HasIndex(insight => new { insight.JobId, insight.Number, insight.TaskVersion, insight.Model }).IsUnique();
        builder.HasIndex(insight => insight.SegmentId);
        builder.HasIndex(insight => insight.CreatedAt);
        builder.HasOne<JobRow>().WithMany().HasForeignKey(insight => insight.JobId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<SegmentRow>().WithMany().HasForeignKey(insight => insight.SegmentId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne(insight => insight.Usage)
            .WithOne()
            .HasForeignKey<UsageRow>(usage => usage.InsightId)
            .OnDelete(DeleteBehavior.Cascade);
        builder.HasOne(insight => insight.Terms)
            .WithOne()
            .HasForeignKey<TermsRow>(terms => terms.InsightId)
            .OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(insight => insight.Citations)
            .WithOne()
            .HasForeignKey(citation => citation.InsightId)
            .OnDelete(DeleteBehavior.Cascade);
    }
}
