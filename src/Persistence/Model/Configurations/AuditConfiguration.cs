using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Qwen35Batch.Persistence.Model.Configurations;

internal sealed class AuditConfiguration : IEntityTypeConfiguration<AuditRow>
{
    public void Configure(EntityTypeBuilder<AuditRow> builder)
    {
        builder.ToTable("audit");
        builder.Property(entry => entry.Actor).HasMaxLength(ColumnLengths.Name);
        builder.Property(entry => entry.Action).HasMaxLength(ColumnLengths.Name);
        builder.Property(entry => entry.Detail).HasMaxLength(ColumnLengths.Detail);
        builder.HasIndex(entry => entry.JobId);
    }
}
