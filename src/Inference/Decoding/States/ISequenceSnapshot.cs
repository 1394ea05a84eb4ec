namespace Qwen35Batch.Inference.Decoding.States;

/// <summary>A sequence's state outside the slots.</summary>
internal interface ISequenceSnapshot : IDisposable
{
    /// <summary>Tokens that the state stands for.</summary>
    int Length { get; }

    /// <summary>Memory that it takes.</summary>
    long Bytes { get; }
}
