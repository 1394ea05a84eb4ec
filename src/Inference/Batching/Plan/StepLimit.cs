namespace Qwen35Batch.Inference.Batching.Plan;

/// <summary>Why a step took no more of the waiting work.</summary>
internal enum StepLimit
{
    /// <summary>Nothing was left to take.</summary>
    None,

    /// <summary>Every slot is taken.</summary>
    Slots,

    /// <summary>The step's tokens are spent.</summary>
    PrefillTokens,

    /// <summary>What waits has pictures that are not encoded yet.</summary>
    VisionPatches,
}
