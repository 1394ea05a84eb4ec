using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Qwen35Batch.Persistence.Model.Configurations;

internal sealed class SegmentConfiguration : IEntityTypeConfiguration<SegmentRow>
{
    public void Configure(EntityTypeBuilder<SegmentRow> builder)
    {
        builder.ToTable("segment", table =>
        {
            table.HasCheckConstraint("ck_segment_state", Allowed.Values<Contracts.SegmentState>("state"));
            table.HasCheckConstraint("ck_segment_kind", Allowed.Values<Contracts.SegmentKind>("kind"));
            table.HasCheckConstraint("ck_segment_reason", Allowed.Values<Contracts.RejectionReason>("reason"));
            table.HasCheckConstraint("ck_segment_leased", "(lease_until IS NOT NULL) = (state = 'Leased')");
            table.HasCheckConstraint("ck_segment_finished", "(finished_at IS NULL) = (state IN ('Ready', 'Leased'))");
        });
        builder.Property(segment => segment.Detail).HasMaxLength(ColumnLengths.Detail);

        builder.HasIndex(segment => new { segment.JobId, segment.Number }).IsUnique();
        // There are few, and they are asked for by themselves.
        builder.HasIndex(segment => segment.State).HasFilter("state = 'Quarantined'");
        builder.HasIndex(segment => new { segment.FinishedAt, segment.JobId, segment.Number, segment.Reason })
            .HasDatabaseName("ix_segment_failed")
            .HasFilter("state IN ('Failed', 'Quarantined')");
        // The queue, the leases and the rate.
        builder.HasIndex(segment => new { segment.Priority, segment.RunAt, segment.Id })
            .HasDatabaseName("ix_segment_queue")
            .IsDescending(true, false, false)
            .HasFilter("state = 'Ready' AND NOT awaits_others");
        builder.HasIndex(segment => new { segment.CrashCount, segment.Priority, segment.RunAt, segment.Id })
            .HasDatabaseName("ix_segment_suspect")
            .IsDescending(false, true, false, false)
            .HasFilter("state = 'Ready' AND NOT awaits_others AND crash_count > 0");
        builder.HasIndex(segment => segment.LeaseUntil).HasDatabaseName("ix_segment_lease").HasFilter("lease_until IS NOT NULL");
        builder.HasOne<JobRow>().WithMany().HasForeignKey(segment => segment.JobId).OnDelete(DeleteBehavior.Cascade);
    }
}
