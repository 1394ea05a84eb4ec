namespace Qwen35Batch.Persistence.Outbox;

/// <summary>An event to be published.</summary>
/// <param name="MessageId">The same at every repetition, so that a receiver can recognise one.</param>
/// <param name="Event">A <c>JobCompleted</c>, <c>JobRejected</c>, <c>SegmentCompleted</c> or <c>InsightReviewed</c>.</param>
public sealed record OutboxMessage(Guid MessageId, object Event);
