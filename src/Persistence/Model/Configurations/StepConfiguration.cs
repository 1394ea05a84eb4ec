using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Qwen35Batch.Persistence.Model.Configurations;

internal sealed class StepConfiguration : IEntityTypeConfiguration<StepRow>
{
    public void Configure(EntityTypeBuilder<StepRow> builder)
    {
        builder.ToTable("step", table =>
        {
            table.HasCheckConstraint("ck_step_kind", Allowed.Values<Contracts.Steps.StepKind>("kind"));
            table.HasCheckConstraint("ck_step_effect", Allowed.Values<Contracts.Steps.StepEffect>("effect"));
            table.HasCheckConstraint("ck_step_state", Allowed.Values<Contracts.Steps.StepState>("state"));
            table.HasCheckConstraint(
                "ck_step_ended",
                "(ended_at IS NOT NULL AND result IS NOT NULL) = (state IN ('Done', 'Failed', 'Refused', 'Unknown'))");
        });
        builder.Property(step => step.Tool).HasMaxLength(ColumnLengths.Name);
        builder.Property(step => step.ArgumentsSha256).HasMaxLength(ColumnLengths.Sha256);
        builder.Property(step => step.DecidedBy).HasMaxLength(ColumnLengths.Name);

        builder.HasIndex(step => new { step.JobId, step.Number }).IsUnique().HasFilter("replaced_at IS NULL");
        builder.HasIndex(step => step.JobId).HasDatabaseName("ix_step_awaiting").HasFilter("state = 'Awaiting'");
        // Two indexes on one column need names of their own in the model.
        builder.HasIndex([nameof(StepRow.JobId)], "ix_step_job").HasDatabaseName("ix_step_job");
        builder.HasOne<JobRow>().WithMany().HasForeignKey(step => step.JobId).OnDelete(DeleteBehavior.Cascade);
    }
}
