using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Qwen35Batch.Persistence.Model.Configurations;

internal sealed class TaskVersionConfiguration : IEntityTypeConfiguration<TaskVersionRow>
{
    public void Configure(EntityTypeBuilder<TaskVersionRow> builder)
    {
        builder.ToTable("task_version");
        builder.HasKey(row => new { row.TaskName, row.TaskVersion });
        builder.Property(row => row.TaskName).HasMaxLength(ColumnLengths.Name);
        builder.Property(row => row.TaskVersion).HasMaxLength(ColumnLengths.Name);
    }
}
