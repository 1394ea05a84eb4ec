using System.Text.Json;

namespace Qwen35Batch.Inference.Checkpoints;

/// <summary>
/// Reads config.json. A key that changes the mathematics in a way that is not implemented is refused, never passed over: a model that
/// answers wrongly is worse than one that does not start.
/// </summary>
internal static class ModelConfigReader
{
    private const string MixtureOfExperts = "qwen3_5_moe";
    private const string Dense = "qwen3_5";
    private const string GenerationConfigFile = "generation_config.json";

    public static ModelConfig Read(string file)
    {
        var root = ConfigSection.ReadFile(file);
        var type = root.Text("model_type", "");
        if (type is not (MixtureOfExperts or Dense))
        {
            throw root.Wrong("model_type", $"\"{MixtureOfExperts}\" or \"{Dense}\" (Qwen3.5 with its vision tower)");
        }

        var text = root.Section("text_config");
        var vision = ReadVision(root.Section("vision_config"));
        var config = new ModelConfig
        {
            Text = ReadText(text, type == MixtureOfExperts),
            Vision = vision,
            TiedHead = root.Flag("tie_word_embeddings", text.Flag("tie_word_embeddings", false)),
            ImageTokenId = root.TokenId("image_token_id"),
            VideoTokenId = root.TokenId("video_token_id"),
            VisionStartTokenId = root.TokenId("vision_start_token_id"),
            VisionEndTokenId = root.TokenId("vision_end_token_id"),
            EndOfTextIds = EndOfText(root, text, Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, GenerationConfigFile)),
        };
        if (vision.OutputSize != config.Text.HiddenSize)
        {
            throw new ModelFormatException(
                $"{file}: vision_config.out_hidden_size is {vision.OutputSize}, but must be text_config.hidden_size "
                    + $"({config.Text.HiddenSize}).");
        }

        return config;
    }

    private static TextConfig ReadText(ConfigSection text, bool experts)
    {
        Only(text, "hidden_act", "silu");
        Only(text, "output_gate_type", "swish");
        if (!text.Flag("attn_output_gate", true))
        {
            throw text.Wrong("attn_output_gate", "true: attention without the output gate is not supported");
        }

        var rope = text.Has("rope_parameters") ? text.Section("rope_parameters") : text;
        Only(rope, "rope_type", "default");
        var headDim = text.Positive("head_dim");
        var rotaryDim = (int)(headDim * rope.Real("partial_rotary_factor", text.Real("partial_rotary_factor", 0.25)));
        if (rotaryDim < 2 || rotaryDim % 2 != 0 || rotaryDim > headDim)
        {
            throw rope.Wrong("partial_rotary_factor", $"such that an even part of head_dim ({headDim}) is rotated");
        }

        var config = new TextConfig
        {
            VocabularySize = text.Positive("vocab_size"),
            HiddenSize = text.Positive("hidden_size"),
            Layers = ReadLayers(text),
            AttentionHeads = text.Positive("num_attention_heads"),
            KeyValueHeads = text.Positive("num_key_value_heads"),
            HeadDim = headDim,
            AttentionBias = text.Flag("attention_bias", false),
            RotaryDim = rotaryDim,
            RopeTheta = rope.Has("rope_theta") ? rope.Real("rope_theta") : text.Real("rope_theta"),
            RopeSections = ReadSections(rope, rotaryDim / 2),
            MaxPositions = text.Positive("max_position_embeddings"),
            NormEpsilon = (float)text.Real("rms_norm_eps"),
            ConvKernel = text.Positive("linear_conv_kernel_dim"),
            LinearKeyHeads = text.Positive("linear_num_key_heads"),
            LinearValueHeads = text.Positive("linear_num_value_heads"),
            LinearKeyDim = text.Positive("linear_key_head_dim"),
            LinearValueDim = text.Positive("linear_value_head_dim"),
            IntermediateSize = experts ? 0 : text.Positive("intermediate_size"),
            Experts = experts ? ReadExperts(text) : null,
        };
        Multiple(text, "num_attention_heads", config.AttentionHeads, "num_key_value_heads", config.KeyValueHeads);
        Multiple(text, "linear_num_value_heads", config.LinearValueHeads, "linear_num_key_heads", config.LinearKeyHeads);
        return config;
    }

    private static ExpertsConfig ReadExperts(ConfigSection text)
    {
        var experts = new ExpertsConfig(
            text.Positive("num_experts"),
            text.Positive("num_experts_per_tok"),
            text.Positive("moe_intermediate_size"),
            text.Positive("shared_expert_intermediate_size"));
        return experts.PerToken <= experts.Count
            ? experts
            : throw text.Wrong("num_experts_per_tok", $"at most num_experts ({experts.Count})");
    }

    private static VisionConfig ReadVision(ConfigSection vision)
    {
        Only(vision, "hidden_act", "gelu_pytorch_tanh");
        if (vision.Has("deepstack_visual_indexes") && vision.List("deepstack_visual_indexes").Count > 0)
        {
            throw vision.Wrong("deepstack_visual_indexes", "empty: Qwen3.5's vision tower has no deepstack");
        }

        var positions = vision.Positive("num_position_embeddings");
        var side = (int)Math.Sqrt(positions);
        var config = new VisionConfig
        {
            Depth = vision.Positive("depth"),
            HiddenSize = vision.Positive("hidden_size"),
            Heads = vision.Positive("num_heads"),
            IntermediateSize = vision.Positive("intermediate_size"),
            OutputSize = vision.Positive("out_hidden_size"),
            Channels = vision.Positive("in_channels"),
            PatchSize = vision.Positive("patch_size"),
            TemporalPatchSize = vision.Positive("temporal_patch_size"),
            MergeSize = vision.Positive("spatial_merge_size"),
            PositionSide = side * side == positions ? side : throw vision.Wrong("num_position_embeddings", "a square number"),
        };
        Multiple(vision, "hidden_size", config.HiddenSize, "num_heads", config.Heads);
        return config.HeadDim % 4 == 0 ? config : throw vision.Wrong("num_heads", "such that hidden_size / num_heads is a multiple of 4");
    }

    private static LayerKind[] ReadLayers(ConfigSection text)
    {
        var count = text.Positive("num_hidden_layers");
        if (!text.Has("layer_types"))
        {
            var interval = text.Positive("full_attention_interval");
            return [.. Enumerable.Range(1, count).Select(layer => layer % interval == 0 ? LayerKind.Full : LayerKind.Linear)];
        }

        var layers = text.List("layer_types")
            .Select(type => type.ValueKind == JsonValueKind.String ? type.GetString() : null)
            .Select(type => type switch
            {
                "linear_attention" => LayerKind.Linear,
                "full_attention" => LayerKind.Full,
                _ => throw text.Wrong("layer_types", "a list of \"linear_attention\" and \"full_attention\""),
            }).ToArray();
        return layers.Length == count ? layers : throw text.Wrong("layer_types", $"a list of num_hidden_layers ({count}) types");
    }

    /// <summary>
    /// Frequency i follows the height if <c>i % 3 == 1 and i &lt; 3 * section[1]</c>, the width likewise, else the time. Sections
    /// that reach beyond the last frequency are cut, so that the three always sum up to all frequencies.
    /// </summary>
    private static int[] ReadSections(ConfigSection rope, int frequencies)
    {
        if (!rope.Flag("mrope_interleaved", true))
        {
            throw rope.Wrong("mrope_interleaved", "true: Qwen3.5 interleaves the three axes");
        }

        var sections = rope.List("mrope_section")
            .Select(section => section.ValueKind == JsonValueKind.Number && section.TryGetInt32(out var value) && value >= 0 ? value : -1)
                .ToArray();
        if (sections.Length != 3 || sections.Contains(-1))
        {
            throw rope.Wrong("mrope_section", "three whole numbers");
        }

        var height = Enumerable.Range(0, frequencies).Count(i => i % 3 == 1 && i < 3 * sections[1]);
        var width = Enumerable.Range(0, frequencies).Count(i => i % 3 == 2 && i < 3 * sections[2]);
        return [frequencies - height - width, height, width];
    }

    private static int[] EndOfText(ConfigSection root, ConfigSection text, string generationConfig)
    {
        var ids = root.TokenIds("eos_token_id").Concat(text.TokenIds("eos_token_id"));
        if (File.Exists(generationConfig))
        {
            ids = ids.Concat(ConfigSection.ReadFile(generationConfig).TokenIds("eos_token_id"));
        }

        var distinct = ids.Distinct().ToArray();
        return distinct.Length > 0 ? distinct : throw text.Wrong("eos_token_id", "the token id that ends an answer");
    }

    private static void Only(ConfigSection section, string key, string supported)
    {
        if (section.Text(key, supported) != supported)
        {
            throw section.Wrong(key, $"\"{supported}\": nothing else is supported");
        }
    }

    private static void Multiple(ConfigSection section, string key, int value, string divisorKey, int divisor)
    {
        if (value % divisor != 0)
        {
            throw section.Wrong(key, $"a multiple of {divisorKey} ({divisor})");
        }
    }
}
