using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Qwen35Batch.Persistence.Model.Configurations;

internal sealed class CorpusItemConfiguration : IEntityTypeConfiguration<CorpusItemRow>
{
    public void Configure(EntityTypeBuilder<CorpusItemRow> builder)
    {
        builder.ToTable("corpus_item");
        builder.Property(item => item.Corpus).HasMaxLength(ColumnLengths.Name);
        builder.Property(item => item.Source).HasMaxLength(ColumnLengths.Source);
        builder.Property(item => item.SourceSha256).HasMaxLength(ColumnLengths.Sha256);
        builder.Property(item => item.ContentSha256).HasMaxLength(ColumnLengths.Sha256);
        builder.Property(item => item.Identity).HasMaxLength(ColumnLengths.Key);
        builder.HasIndex(item => new { item.Corpus, item.SourceSha256 }).IsUnique();
        builder.HasOne<CorpusRunRow>().WithMany().HasForeignKey(item => item.LastRunId).OnDelete(DeleteBehavior.Restrict);
    }
}
