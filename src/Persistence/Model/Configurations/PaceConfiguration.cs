using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Qwen35Batch.Persistence.Model.Agents;

namespace Qwen35Batch.Persistence.Model.Configurations;

internal sealed class PaceConfiguration : IEntityTypeConfiguration<PaceRow>
{
    public void Configure(EntityTypeBuilder<PaceRow> builder)
    {
        builder.ToTable("pace");
        builder.HasKey(pace => pace.Service);
        builder.Property(pace => pace.Service).HasMaxLength(ColumnLengths.Name);
    }
}
