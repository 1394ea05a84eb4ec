namespace Qwen35Batch.Inference.Vision;

/// <summary>A picture that cannot be read or sent; the message says why, without naming the picture.</summary>
internal sealed class PictureException : Exception
{
    public PictureException()
    {
    }

    public PictureException(string message)
        : base(message)
    {
    }

    public PictureException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
