using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Qwen35Batch.Persistence.Model.Configurations;

internal sealed class JobConfiguration : IEntityTypeConfiguration<JobRow>
{
    public void Configure(EntityTypeBuilder<JobRow> builder)
    {
        builder.ToTable("job", table =>
        {
            table.HasCheckConstraint("ck_job_state", Allowed.Values<Contracts.JobState>("state"));
            table.HasCheckConstraint("ck_job_reason", Allowed.Values<Contracts.RejectionReason>("reason"));
            // Nothing is lost: a job cannot end while the fate of one of its segments is unknown.
            table.HasCheckConstraint(
                "ck_job_closed", "state IN ('Accepted', 'Analysing') OR planned = done + failed + quarantined + cancelled");
            table.HasCheckConstraint(
                "ck_job_counts",
                "planned >= done + failed + quarantined + cancelled AND done >= 0 AND failed >= 0 AND quarantined >= 0 AND cancelled >= 0");
            table.HasCheckConstraint("ck_job_finished", "(finished_at IS NULL) = (state IN ('Accepted', 'Analysing'))");
        });
        builder.Property(job => job.DedupeKey).HasMaxLength(ColumnLengths.Key);
        builder.Property(job => job.Identity).HasMaxLength(ColumnLengths.Key);
        builder.Property(job => job.PayloadSha256).HasMaxLength(ColumnLengths.Sha256);
        builder.Property(job => job.Source).HasMaxLength(ColumnLengths.Source);
        builder.Property(job => job.Question).HasMaxLength(ColumnLengths.Question);
        builder.Property(job => job.RequestedTask).HasMaxLength(ColumnLengths.Name);
        builder.Property(job => job.CorrelationId).HasMaxLength(ColumnLengths.CorrelationId);
        builder.Property(job => job.TaskName).HasMaxLength(ColumnLengths.Name);
        builder.Property(job => job.TaskVersion).HasMaxLength(ColumnLengths.Name);
        builder.Property(job => job.MediaSha256).HasMaxLength(ColumnLengths.Sha256);
        builder.Property(job => job.Detail).HasMaxLength(ColumnLengths.Detail);

        builder.HasIndex(job => job.JobId).IsUnique();
        builder.HasIndex(job => job.DedupeKey).IsUnique();
        // An entry of an index is written anew with every change of a job: where there is nothing to be found, there is none.
        // The first job of an identity has it as its key.
        builder.HasIndex(job => job.Identity).HasFilter("identity <> dedupe_key");
        builder.HasIndex(job => job.CorrelationId).HasFilter("correlation_id IS NOT NULL");
        builder.HasIndex(job => job.CorpusRunId).HasFilter("corpus_run_id IS NOT NULL");
        builder.HasIndex(job => job.MediaSha256).HasFilter("media_sha256 IS NOT NULL");
        builder.HasIndex(job => job.LowestConfidence).HasFilter("lowest_confidence IS NOT NULL");
        builder.HasIndex(job => job.ArchiveId).HasFilter("archive_id IS NOT NULL");
        // The newest of a state, however many newer ones are of another.
        builder.HasIndex(job => new { job.State, job.Id });
        builder.HasIndex(job => new { job.FinishedAt, job.Id, job.Reason }).HasDatabaseName("ix_job_failed")
            .HasFilter("planned = 0 AND state IN ('Rejected', 'Quarantined')");
        // The queue and the leases: small, whatever the size of the table.
        builder.HasIndex(job => new { job.Priority, job.RunAt, job.Id }).HasDatabaseName("ix_job_queue").IsDescending(true, false, false)
            .HasFilter("state = 'Accepted' AND lease_until IS NULL");
        builder.HasIndex(job => new { job.CrashCount, job.Priority, job.RunAt, job.Id })
            .HasDatabaseName("ix_job_suspect")
            .IsDescending(false, true, false, false)
            .HasFilter("state = 'Accepted' AND lease_until IS NULL AND crash_count > 0");
        builder.HasIndex(job => job.LeaseUntil).HasDatabaseName("ix_job_lease").HasFilter("lease_until IS NOT NULL");
        builder.HasOne<CorpusRunRow>().WithMany().HasForeignKey(job => job.CorpusRunId).OnDelete(DeleteBehavior.Restrict);
    }
}
