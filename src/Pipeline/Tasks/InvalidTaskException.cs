namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>A task's file cannot be used; the message names the file, the JSON pointer and what is allowed.</summary>
/// <param name="message">Why, in a sentence.</param>
/// <param name="cause">What was thrown, if anything.</param>
public sealed class InvalidTaskException(string message, Exception? cause = null) : Exception(message, cause);
