namespace Qwen35Batch.Pipeline.Infer;

/// <summary>The prompt fits into the model, but not together with an answer as long as was asked for.</summary>
/// <param name="room">The tokens that there is room for.</param>
/// <param name="detail">What the engine said.</param>
internal sealed class AnswerTooLongException(int room, string detail, Exception cause) : Exception(detail, cause)
{
    public int Room { get; } = room;
}
