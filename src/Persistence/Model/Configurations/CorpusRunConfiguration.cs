using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Qwen35Batch.Persistence.Model.Configurations;

internal sealed class CorpusRunConfiguration : IEntityTypeConfiguration<CorpusRunRow>
{
    public void Configure(EntityTypeBuilder<CorpusRunRow> builder)
    {
        builder.ToTable("corpus_run");
        builder.Property(run => run.Corpus).HasMaxLength(ColumnLengths.Name);
        // A trigger that fires twice starts one run.
        builder.HasIndex(run => new { run.Corpus, run.RunDate }).IsUnique();
    }
}
