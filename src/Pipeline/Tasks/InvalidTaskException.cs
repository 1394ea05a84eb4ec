namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>A task's file cannot be used; the message names the file, the JSON pointer and what is allowed, a line a fault.</summary>
/// <param name="message">Why, in a sentence for each fault.</param>
/// <param name="cause">What was thrown, if anything.</param>
public sealed class InvalidTaskException(string message, Exception? cause = null) : Exception(message, cause)
{
    internal InvalidTaskException(IReadOnlyList<TaskFault> faults)
        : this(string.Join(Environment.NewLine, faults.Select(fault => fault.Sentence))) => Faults = faults;

    /// <summary>The faults one by one; empty where there is but the message.</summary>
    internal IReadOnlyList<TaskFault> Faults { get; } = [];
}
