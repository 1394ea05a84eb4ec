namespace Qwen35Batch.Worker.Messaging;

/// <summary>There is no broker to ask, or it does not answer.</summary>
internal sealed class BrokerUnavailableException(string reason, Exception? cause = null) : Exception(reason, cause);
