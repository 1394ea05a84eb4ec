namespace Qwen35Batch.Inference.Batching.Plan;

/// <summary>What the policy sees of the requests that share one turn in the round.</summary>
internal interface IPlannedGroup
{
    /// <summary>The lower, the sooner it is this group's turn.</summary>
    long Turn { get; }
}
