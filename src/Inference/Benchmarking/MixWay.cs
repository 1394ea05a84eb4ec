namespace Qwen35Batch.Inference.Benchmarking;

/// <summary>A way to run requests of mixed length.</summary>
public enum MixWay
{
    /// <summary>All at once; whoever ends makes room for the next.</summary>
    Continuous,

    /// <summary>
    /// The best case of a static batch: as many requests as there are slots, all with the mean prompt and the mean answer of the mix, so
    /// that all run from the first to the last step.
    /// </summary>
    Even,

    /// <summary>
    /// As many as there are slots, then the next when all of them have ended; rows of those that ended are no longer computed.
    /// </summary>
    Waves,

    /// <summary>
    /// The same as a static batch is run elsewhere: each prompt padded to the longest of its wave, each row computed until the longest
    /// answer ends.
    /// </summary>
    PaddedWaves,
}
