namespace Qwen35Batch.Inference.Checkpoints;

/// <summary>The vision tower's numbers: <c>vision_config</c> of config.json.</summary>
internal sealed record VisionConfig
{
    public required int Depth { get; init; }

    public required int HiddenSize { get; init; }

    public required int Heads { get; init; }

    public required int IntermediateSize { get; init; }

    public required int OutputSize { get; init; }

    public required int Channels { get; init; }

    public required int PatchSize { get; init; }

    public required int TemporalPatchSize { get; init; }

    /// <summary>Patches along each side that become one token.</summary>
    public required int MergeSize { get; init; }

    /// <summary>The side of the square of learned positions.</summary>
    public required int PositionSide { get; init; }

    public int HeadDim => HiddenSize / Heads;

    /// <summary>Values of one patch: channels, frames, rows, columns.</summary>
    public int PatchValues => Channels * TemporalPatchSize * PatchSize * PatchSize;

    /// <summary>Patches that become one token.</summary>
    public int MergeUnit => MergeSize * MergeSize;
}
