using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Tests.Checkpoints;

/// <summary>In which of the layouts that are found in the wild a random checkpoint is written.</summary>
internal sealed record RandomCheckpointOptions
{
    /// <summary>BF16, F16 or F32.</summary>
    public TensorType Type { get; init; } = TensorType.BF16;

    /// <summary>Files; more than one get an index.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>One tensor for all experts of a layer, or one for each.</summary>
    public bool FusedExperts { get; init; } = true;

    /// <summary>How far matrices spread: what training starts from, or more, so that every layer weighs in the result.</summary>
    public float StandardDeviation { get; init; } = 0.02f;

    /// <summary>Adds a tensor of the multi-token-prediction head, which readers pass over.</summary>
    public bool PredictionHead { get; init; }
}
