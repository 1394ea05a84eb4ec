namespace Qwen35Batch.Inference.Checkpoints;

/// <summary>The decoder's numbers: <c>text_config</c> of config.json.</summary>
internal sealed record TextConfig
{
    public required int VocabularySize { get; init; }

    public required int HiddenSize { get; init; }

    public required IReadOnlyList<LayerKind> Layers { get; init; }

    /// <summary>Heads of the full attention layers.</summary>
    public required int AttentionHeads { get; init; }

    public required int KeyValueHeads { get; init; }

    public required int HeadDim { get; init; }

    /// <summary>Whether the projections of full attention have a bias.</summary>
    public required bool AttentionBias { get; init; }

    /// <summary>The leading part of a head that is rotated.</summary>
    public required int RotaryDim { get; init; }

    public required double RopeTheta { get; init; }

    /// <summary>How many of the <c>RotaryDim / 2</c> frequencies follow the time, the height and the width.</summary>
    public required IReadOnlyList<int> RopeSections { get; init; }

    /// <summary>Positions that the model knows.</summary>
    public required int MaxPositions { get; init; }

    public required float NormEpsilon { get; init; }

    /// <summary>Taps of the linear layers' causal convolution.</summary>
    public required int ConvKernel { get; init; }

    public required int LinearKeyHeads { get; init; }

    public required int LinearValueHeads { get; init; }

    public required int LinearKeyDim { get; init; }

    public required int LinearValueDim { get; init; }

    /// <summary>The dense feed-forward width; 0 in a mixture of experts.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>The mixture of experts, or null in a dense model.</summary>
    public required ExpertsConfig? Experts { get; init; }

    /// <summary>All key heads of a linear layer together; its queries are as wide.</summary>
    public int LinearKeyWidth => LinearKeyHeads * LinearKeyDim;

    /// <summary>All value heads of a linear layer together.</summary>
    public int LinearValueWidth => LinearValueHeads * LinearValueDim;

    /// <summary>Channels of the linear layers' convolution: queries, keys and values.</summary>
    public int ConvWidth => (2 * LinearKeyWidth) + LinearValueWidth;

    /// <summary>Bytes of a sequence's state in 32-bit floats, whatever its length: of the linear layers.</summary>
    public long StateBytes => sizeof(float)
        * (long)(Layers.Count - FullLayers)
        * (((ConvKernel - 1) * ConvWidth) + (LinearValueHeads * LinearKeyDim * LinearValueDim));

    /// <summary>Bytes of a sequence's state for each token: keys and values of the full layers.</summary>
    public long StateBytesPerToken => sizeof(float) * 2L * FullLayers * KeyValueHeads * HeadDim;

    private int FullLayers => Layers.Count(layer => layer == LayerKind.Full);
}
