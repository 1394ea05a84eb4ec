using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Qwen35Batch.Persistence.Model.Configurations;

internal sealed class WorkerConfiguration : IEntityTypeConfiguration<WorkerRow>
{
    public void Configure(EntityTypeBuilder<WorkerRow> builder)
    {
        builder.ToTable("worker");
        builder.Property(worker => worker.Id).ValueGeneratedNever();
        builder.Property(worker => worker.Machine).HasMaxLength(ColumnLengths.Name);
    }
}
