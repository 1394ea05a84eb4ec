namespace Qwen35Batch.Inference.Batching.Sequences;

/// <summary>Why an answer ended.</summary>
internal enum FinishCause
{
    /// <summary>The model ended it.</summary>
    EndOfText,

    /// <summary>The grammar is complete.</summary>
    Complete,

    /// <summary>It wrote a stop sequence.</summary>
    StopSequence,

    /// <summary>Its tokens are spent.</summary>
    Length,
}
