namespace Qwen35Batch.Worker.Messaging;

/// <summary>The ledger has been away for longer than a message is held: the message goes back to its queue.</summary>
internal sealed class LedgerAwayException(TimeSpan held, Exception? cause)
    : Exception($"The ledger could not be used for {held}; the message goes back to its queue.", cause);
