namespace Qwen35Batch.Worker.Messaging;

/// <summary>A message that lies beside the queue of submissions.</summary>
/// <param name="Id">By which it is sent again: the broker's message id, or the hash of its body when it has none.</param>
/// <param name="Queue">Where it lies: the queue of refused messages (<c>…_error</c>), or that of undelivered ones (<c>…_dead</c>).</param>
/// <param name="Reason">Why it is there.</param>
/// <param name="SentAt">When it was sent, where the sender says so.</param>
/// <param name="Body">Its body as text; bytes that are no UTF-8 are replaced.</param>
internal sealed record FailedMessage(string Id, string Queue, string Reason, DateTimeOffset? SentAt, string Body);
