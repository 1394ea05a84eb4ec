using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Qwen35Batch.Persistence.Model.Configurations;

internal sealed class CitationConfiguration : IEntityTypeConfiguration<CitationRow>
{
    public void Configure(EntityTypeBuilder<CitationRow> builder)
    {
        builder.ToTable("citation");
        builder.HasKey(citation => new { citation.InsightId, citation.Position });
        builder.Property(citation => citation.Field).HasMaxLength(ColumnLengths.JsonPointer);
        builder.Property(citation => citation.Method).HasMaxLength(ColumnLengths.EnumName);
        builder.Property(citation => citation.Address).HasMaxLength(ColumnLengths.Address);
        builder.Property(citation => citation.PictureSha256).HasMaxLength(ColumnLengths.Sha256);
    }
}
