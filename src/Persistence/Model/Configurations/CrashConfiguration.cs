using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Qwen35Batch.Persistence.Model.Configurations;

internal sealed class CrashConfiguration : IEntityTypeConfiguration<CrashRow>
{
    public void Configure(EntityTypeBuilder<CrashRow> builder)
    {
        builder.ToTable("crash", table => table.HasCheckConstraint("ck_crash_row", "(job_id IS NULL) <> (segment_id IS NULL)"));
        builder.HasIndex(crash => crash.Worker);
        builder.HasIndex(crash => crash.JobId);
        builder.HasIndex(crash => crash.SegmentId);
        builder.HasOne<JobRow>().WithMany().HasForeignKey(crash => crash.JobId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<SegmentRow>().WithMany().HasForeignKey(crash => crash.SegmentId).OnDelete(DeleteBehavior.Cascade);
    }
}
