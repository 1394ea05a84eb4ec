namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>No task has this name, or it does not read this kind of media.</summary>
/// <param name="message">Why, with the names that there are.</param>
public sealed class UnknownTaskException(string message) : Exception(message);
