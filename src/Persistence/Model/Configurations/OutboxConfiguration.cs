using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Qwen35Batch.Persistence.Model.Configurations;

internal sealed class OutboxConfiguration : IEntityTypeConfiguration<OutboxRow>
{
    public void Configure(EntityTypeBuilder<OutboxRow> builder)
    {
        builder.ToTable("outbox");
        builder.Property(message => message.Topic).HasMaxLength(ColumnLengths.Name);
        builder.HasIndex(message => message.Id).HasDatabaseName("ix_outbox_unsent").HasFilter("sent_at IS NULL");
        builder.HasIndex(message => message.SentAt).HasDatabaseName("ix_outbox_sent").HasFilter("sent_at IS NOT NULL");
    }
}
