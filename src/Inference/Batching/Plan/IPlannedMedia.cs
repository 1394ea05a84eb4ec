namespace Qwen35Batch.Inference.Batching.Plan;

/// <summary>What the policy sees of a picture or clip.</summary>
internal interface IPlannedMedia
{
    /// <summary>The same for the same pixels.</summary>
    string ContentHash { get; }

    /// <summary>What it takes of the vision tower's budget.</summary>
    int PatchCount { get; }

    bool IsEncoded { get; }
}
