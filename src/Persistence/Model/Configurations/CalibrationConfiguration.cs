using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Qwen35Batch.Persistence.Model.Configurations;

internal sealed class CalibrationConfiguration : IEntityTypeConfiguration<CalibrationRow>
{
    public void Configure(EntityTypeBuilder<CalibrationRow> builder)
    {
        builder.ToTable("calibration");
        builder.Property(row => row.TaskName).HasMaxLength(ColumnLengths.Name);
        builder.Property(row => row.TaskVersion).HasMaxLength(ColumnLengths.Name);
        builder.Property(row => row.Model).HasMaxLength(ColumnLengths.Model);
        builder.Property(row => row.Precision).HasMaxLength(ColumnLengths.EnumName);
        // The newest of a task and a model counts.
        builder.HasIndex(row => new { row.TaskName, row.TaskVersion, row.Model, row.Id });
    }
}
