using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Qwen35Batch.Persistence.Model.Configurations;

internal sealed class TermsConfiguration : IEntityTypeConfiguration<TermsRow>
{
    public void Configure(EntityTypeBuilder<TermsRow> builder)
    {
        builder.ToTable("insight_terms");
        builder.HasKey(row => row.InsightId);
        builder.Property(row => row.InsightId).ValueGeneratedNever();
    }
}
