using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Qwen35Batch.Persistence.Model.Configurations;

internal sealed class RejectedMessageConfiguration : IEntityTypeConfiguration<RejectedMessageRow>
{
    public void Configure(EntityTypeBuilder<RejectedMessageRow> builder)
    {
        builder.ToTable("rejected_message");
        builder.Property(message => message.MessageKey).HasMaxLength(ColumnLengths.Key);
        builder.Property(message => message.MessageId).HasMaxLength(ColumnLengths.Key);
        builder.Property(message => message.Reason).HasMaxLength(ColumnLengths.Detail);
        builder.HasIndex(message => message.MessageKey).IsUnique();
    }
}
