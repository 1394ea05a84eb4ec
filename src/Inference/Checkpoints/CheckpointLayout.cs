namespace Qwen35Batch.Inference.Checkpoints;

/// <summary>The tensors of a Hugging Face checkpoint of a given shape, experts fused.</summary>
internal static class CheckpointLayout
{
    public const string EmbeddingName = "model.language_model.embed_tokens.weight";
    public const string VisionPrefix = "model.visual.";
    public const string VisionPositions = "model.visual.pos_embed.weight";
    public const string HeadName = "lm_head.weight";

    public static string Layer(int layer) => $"model.language_model.layers.{layer}.";

    public static string Block(int block) => $"model.visual.blocks.{block}.";

    public static IEnumerable<TensorShape> Tensors(ModelConfig config)
    {
        var text = config.Text;
        yield return new(EmbeddingName, text.VocabularySize, text.HiddenSize);
        for (var layer = 0; layer < text.Layers.Count; layer++)
        {
            var prefix = Layer(layer);
            yield return new(prefix + "input_layernorm.weight", text.HiddenSize);
            yield return new(prefix + "post_attention_layernorm.weight", text.HiddenSize);
            var mixer = text.Layers[layer] == LayerKind.Linear
                ? LinearAttention(prefix + "linear_attn.", text)
                : FullAttention(prefix + "self_attn.", text);
            foreach (var tensor in mixer.Concat(
                text.Experts is { } experts
                    ? Experts(prefix + "mlp.", text, experts)
                    : FeedForward(prefix + "mlp.", text.HiddenSize, text.IntermediateSize)))
            {
                yield return tensor;
            }
        }

        yield return new("model.language_model.norm.weight", text.HiddenSize);
        if (!config.TiedHead)
        {
            yield return new(HeadName, text.VocabularySize, text.HiddenSize);
        }

        foreach (var tensor in Vision(config.Vision))
        {
            yield return tensor;
        }
    }

    private static IEnumerable<TensorShape> LinearAttention(string prefix, TextConfig text) =>
    [
        new(prefix + "in_proj_qkv.weight", text.ConvWidth, text.HiddenSize),
        new(prefix + "in_proj_z.weight", text.LinearValueWidth, text.HiddenSize),
        new(prefix + "in_proj_b.weight", text.LinearValueHeads, text.HiddenSize),
        new(prefix + "in_proj_a.weight", text.LinearValueHeads, text.HiddenSize),
        new(prefix + "conv1d.weight", text.ConvWidth, 1, text.ConvKernel),
        new(prefix + "A_log", text.LinearValueHeads),
        new(prefix + "dt_bias", text.LinearValueHeads),
        new(prefix + "norm.weight", text.LinearValueDim),
        new(prefix + "out_proj.weight", text.HiddenSize, text.LinearValueWidth),
    ];

    private static IEnumerable<TensorShape> FullAttention(string prefix, TextConfig text)
    {
        (string Name, int Out, int In)[] projections =
        [
            ("q_proj", 2 * text.AttentionHeads * text.HeadDim, text.HiddenSize),
            ("k_proj", text.KeyValueHeads * text.HeadDim, text.HiddenSize),
            ("v_proj", text.KeyValueHeads * text.HeadDim, text.HiddenSize),
            ("o_proj", text.HiddenSize, text.AttentionHeads * text.HeadDim),
        ];
        foreach (var (name, rows, columns) in projections)
        {
            yield return new($"{prefix}{name}.weight", rows, columns);
            if (text.AttentionBias)
            {
                yield return new($"{prefix}{name}.bias", rows);
            }
        }

        yield return new(prefix + "q_norm.weight", text.HeadDim);
        yield return new(prefix + "k_norm.weight", text.HeadDim);
    }

    private static IEnumerable<TensorShape> Experts(string prefix, TextConfig text, ExpertsConfig experts) =>
    [
        new(prefix + "gate.weight", experts.Count, text.HiddenSize),
        new(prefix + "experts.gate_up_proj", experts.Count, 2 * experts.IntermediateSize, text.HiddenSize),
        new(prefix + "experts.down_proj", experts.Count, text.HiddenSize, experts.IntermediateSize),
        .. FeedForward(prefix + "shared_expert.", text.HiddenSize, experts.SharedIntermediateSize),
        new(prefix + "shared_expert_gate.weight", 1, text.HiddenSize),
    ];

    private static IEnumerable<TensorShape> FeedForward(string prefix, int hidden, int intermediate) =>
    [
        new(prefix + "gate_proj.weight", intermediate, hidden),
        new(prefix + "up_proj.weight", intermediate, hidden),
        new(prefix + "down_proj.weight", hidden, intermediate),
    ];

    private static IEnumerable<TensorShape> Vision(VisionConfig vision)
    {
        var hidden = vision.HiddenSize;
        yield return new(
            "model.visual.patch_embed.proj.weight", hidden, vision.Channels, vision.TemporalPatchSize, vision.PatchSize, vision.PatchSize);
        yield return new("model.visual.patch_embed.proj.bias", hidden);
        yield return new(VisionPositions, vision.PositionSide * vision.PositionSide, hidden);
        for (var block = 0; block < vision.Depth; block++)
        {
            var prefix = Block(block);
            foreach (var tensor in Norm(prefix + "norm1", hidden)
                .Concat(Norm(prefix + "norm2", hidden))
                .Concat(Affine(prefix + "attn.qkv", 3 * hidden, hidden))
                .Concat(Affine(prefix + "attn.proj", hidden, hidden))
                .Concat(Affine(prefix + "mlp.linear_fc1", vision.IntermediateSize, hidden))
                .Concat(Affine(prefix + "mlp.linear_fc2", hidden, vision.IntermediateSize)))
            {
                yield return tensor;
            }
        }

        var merged = hidden * vision.MergeUnit;
        foreach (var tensor in Norm("model.visual.merger.norm", hidden)
            .Concat(Affine("model.visual.merger.linear_fc1", merged, merged))
            .Concat(Affine("model.visual.merger.linear_fc2", vision.OutputSize, merged)))
        {
            yield return tensor;
        }
    }

    private static IEnumerable<TensorShape> Norm(string name, int size) => [new(name + ".weight", size), new(name + ".bias", size)];

    private static IEnumerable<TensorShape> Affine(string name, int rows, int columns) =>
        [new(name + ".weight", rows, columns), new(name + ".bias", rows)];
}
