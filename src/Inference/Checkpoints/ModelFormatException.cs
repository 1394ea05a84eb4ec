namespace Qwen35Batch.Inference.Checkpoints;

/// <summary>
/// A checkpoint or a model folder cannot be used. The message is for the user: it names the file, what is wrong with it, and what was
/// expected.
/// </summary>
public sealed class ModelFormatException : Exception
{
    public ModelFormatException(string message) : base(message)
    {
    }

    public ModelFormatException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
