using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Qwen35Batch.Persistence.Model.Configurations;

internal sealed class FollowerConfiguration : IEntityTypeConfiguration<FollowerRow>
{
    public void Configure(EntityTypeBuilder<FollowerRow> builder)
    {
        builder.ToTable("follower");
        builder.Property(follower => follower.CorrelationId).HasMaxLength(ColumnLengths.CorrelationId);
        builder.HasIndex(follower => follower.SubmittedId).IsUnique();
        builder.HasOne(follower => follower.Job).WithMany().HasForeignKey(follower => follower.JobId).OnDelete(DeleteBehavior.Cascade);
    }
}
