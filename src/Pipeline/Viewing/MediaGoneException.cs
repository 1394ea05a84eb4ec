namespace Qwen35Batch.Pipeline.Viewing;

/// <summary>The media cannot be shown: they are no longer in this worker's store, or cannot be drawn now. The message says which.</summary>
public sealed class MediaGoneException(string message, Exception? cause = null) : Exception(message, cause);
