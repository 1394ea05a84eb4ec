using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Qwen35Batch.Persistence.Model.Configurations;

internal sealed class ReviewConfiguration : IEntityTypeConfiguration<ReviewRow>
{
    public void Configure(EntityTypeBuilder<ReviewRow> builder)
    {
        builder.ToTable("review");
        builder.Property(review => review.Reviewer).HasMaxLength(ColumnLengths.Name);
        // Of two reviewers at once, one is second.
        builder.HasIndex(review => new { review.InsightId, review.Revision }).IsUnique();
        builder.HasOne<InsightRow>().WithMany().HasForeignKey(review => review.InsightId).OnDelete(DeleteBehavior.Cascade);
    }
}
