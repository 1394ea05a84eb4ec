using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Tests.Checkpoints;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Tests.Decoding;

/// <summary>Shapes and layouts of checkpoints that there are no golden cases of, against plain loops.</summary>
public sealed class ModelShapesTests
{
    private const int PromptLength = 23;
    private const int ChunkLength = 9;

    /// <summary>Weights so large that a mistake in any part is seen in the result.</summary>
    private const float Spread = 0.15f;

    [Theory]
    [InlineData(
        "as many value heads as key heads", "tiny-moe", """{"text_config":{"linear_num_key_heads":4,"linear_num_value_heads":4}}""")]
    [InlineData(
        "three value heads a key head, of another size",
        "tiny-moe",
        """{"text_config":{"linear_num_key_heads":1,"linear_num_value_heads":3,"linear_value_head_dim":24}}""")]
    [InlineData("one key-value head", "tiny-moe", """{"text_config":{"num_key_value_heads":1,"num_attention_heads":3}}""")]
    [InlineData("as many key-value heads as heads", "tiny-dense", """{"text_config":{"num_key_value_heads":4}}""")]
    [InlineData(
        "more rotated, other sections",
        "tiny-moe",
        """{"text_config":{"rope_parameters":{"partial_rotary_factor":0.75,"mrope_section":[5,4,3]}}}""")]
    [InlineData(
        "whole heads rotated, sections beyond the end",
        "tiny-dense",
        """{"text_config":{"rope_parameters":{"partial_rotary_factor":1.0,"rope_theta":5000.0,"mrope_section":[0,9,9]}}}""")]
    [InlineData(
        "every expert for every token",
        "tiny-moe",
        """{"text_config":{"num_experts":3,"num_experts_per_tok":3,"moe_intermediate_size":20,"shared_expert_intermediate_size":12}}""")]
    [InlineData("one expert a token", "tiny-moe", """{"text_config":{"num_experts":11,"num_experts_per_tok":1}}""")]
    [InlineData(
        "an untied dense head and an odd vocabulary",
        "tiny-dense",
        """{"tie_word_embeddings":false,"text_config":{"tie_word_embeddings":false,"vocab_size":2051}}""")]
    [InlineData(
        "a tied head of a mixture of experts", "tiny-moe", """{"tie_word_embeddings":true,"text_config":{"tie_word_embeddings":true}}""")]
    [InlineData("attention with biases", "tiny-moe", """{"text_config":{"attention_bias":true}}""")]
    [InlineData(
        "full attention first, and only one linear layer",
        "tiny-moe",
        """{"text_config":{"num_hidden_layers":2,"layer_types":["full_attention","linear_attention"]}}""")]
    [InlineData(
        "only linear layers, fewer taps",
        "tiny-dense",
        """{"text_config":{"num_hidden_layers":2,"layer_types":["linear_attention","linear_attention"],"linear_conv_kernel_dim":3}}""")]
    [InlineData("only full attention", "tiny-dense", """{"text_config":{"num_hidden_layers":1,"layer_types":["full_attention"]}}""")]
    [InlineData(
        "another width",
        "tiny-moe",
        """{"text_config":{"hidden_size":40,"head_dim":16,"rms_norm_eps":1e-5},"vision_config":{"out_hidden_size":40}}""")]
    public async Task Every_shape_is_computed_right(string shape, string like, string changes)
    {
        Assert.NotEmpty(shape);
        foreach (var graph in Enum.GetValues<GraphKind>())
        {
            await CheckAsync(like, changes, new RandomCheckpointOptions { StandardDeviation = Spread }, graph);
        }
    }

    [Theory]
    [InlineData("BF16", 1, false)]
    [InlineData("BF16", 5, true)]
    [InlineData("F16", 3, false)]
    [InlineData("F32", 1, true)]
    public async Task Every_layout_of_the_files_is_read(string type, int shards, bool fused) =>
        await CheckAsync(
            "tiny-moe",
            "{}",
            new RandomCheckpointOptions
            {
                Type = Enum.Parse<TensorType>(type),
                Shards = shards,
                FusedExperts = fused,
                PredictionHead = true,
                StandardDeviation = Spread
            });

    [Theory]
    [InlineData("as the golden one", "{}", 16 * 16 * 6)]
    [InlineData("as the golden one", "{}", 16 * 16 * 6, GraphKind.Portable)]
    [InlineData(
        "other heads, positions and patches",
        """{"vision_config":{"hidden_size":36,"num_heads":3,"intermediate_size":50,"depth":1,"num_position_embeddings":9,"patch_size":"""
            + """4,"temporal_patch_size":1}}""",
        4 * 4 * 3)]
    [InlineData(
        "other heads, positions and patches",
        """{"vision_config":{"hidden_size":36,"num_heads":3,"intermediate_size":50,"depth":1,"num_position_embeddings":9,"patch_size":"""
            + """4,"temporal_patch_size":1}}""",
        4 * 4 * 3,
        GraphKind.Portable)]
    [InlineData(
        "bigger blocks",
        """{"vision_config":{"spatial_merge_size":3,"num_position_embeddings":2304,"hidden_size":24,"num_heads":1}}""",
        16 * 16 * 6)]
    public async Task Pictures_and_clips_of_different_sizes_are_encoded_right_in_one_call(
        string shape, string changes, int patchValues, GraphKind graph = GraphKind.Fused)
    {
        Assert.NotEmpty(shape);
        using var model = await RandomModel.CreateAsync(
            "tiny-moe",
            changes,
            new RandomCheckpointOptions { StandardDeviation = Spread },
            TestContext.Current.CancellationToken,
            new ConversionOptions { Graph = graph });
        using var checkpoint = Checkpoint.Open(model.CheckpointPath);
        using var encoder = ModelFolder.Open(model.ModelPath).CreateVisionEncoder(new ExecutionProviderOptions());
        VisionPatches[] media = [Noise(1, 6, 12), Noise(3, 6, 6), Noise(1, 12, 6), Noise(2, 6, 12), Noise(1, 6, 6), Noise(2, 18, 24)];

        var embeddings = encoder.Encode(media);

        var reference = new ReferenceVision(checkpoint);
        Assert.Equal(media.Length, embeddings.Count);
        for (var i = 0; i < media.Length; i++)
        {
            AssertNear(reference.Encode(media[i]), embeddings[i], 1e-5);
        }

        VisionPatches Noise(int time, int height, int width)
        {
            var random = new Random(height + (100 * width));
            return new VisionPatches(
                [.. Enumerable.Range(0, time * height * width * patchValues).Select(_ => (random.NextSingle() * 2) - 1)],
                time,
                height,
                width,
                "");
        }
    }

    /// <summary>Prefills in chunks, decodes two tokens beside another sequence, and compares all logits that were seen.</summary>
    private static async Task CheckAsync(string like, string changes, RandomCheckpointOptions options, GraphKind graph = GraphKind.Fused)
    {
        using var random = await RandomModel.CreateAsync(
            like, changes, options, TestContext.Current.CancellationToken, new ConversionOptions { Graph = graph });
        using var checkpoint = Checkpoint.Open(random.CheckpointPath);
        using var model = ModelFolder.Open(random.ModelPath).CreateSequenceModel(new SequenceModelOptions { Slots = 2, MaxLength = 40 });
        var vocabulary = model.VocabularySize;
        var numbers = new Random(3);
        var tokens = Enumerable.Range(0, PromptLength + 2).Select(_ => numbers.Next(vocabulary)).ToArray();

        // Axes that differ, as in a picture.
        var positions = Enumerable.Range(0, 3)
            .SelectMany(axis => Enumerable.Range(0, tokens.Length).Select(i => i < PromptLength ? i + (axis * (i % 5)) : i))
            .ToArray();
        var expected = new ReferenceModel(checkpoint).Logits(tokens, positions);

        var logits = new float[tokens.Length * vocabulary];
        for (var past = 0; past < PromptLength; past += ChunkLength)
        {
            var count = Math.Min(ChunkLength, PromptLength - past);
            model.Prefill(Chunk(1, past, count), logits.AsSpan(past * vocabulary, count * vocabulary));
        }

        model.Prefill(Chunk(0, 0, 4), []);
        for (var step = 0; step < 2; step++)
        {
            var both = new float[2 * vocabulary];
            var past = PromptLength + step;
            model.Decode([5, tokens[past]], [4 + step, past], [4 + step, past], both);
            both.AsSpan(vocabulary).CopyTo(logits.AsSpan(past * vocabulary));
        }

        AssertNear([.. expected.SelectMany(row => row)], logits, 2e-5);

        PrefillChunk Chunk(int slot, int past, int count) => new()
        {
            Slot = slot,
            Past = past,
            TokenIds = tokens.AsMemory(past, count),
            Positions = Enumerable.Range(0, 3).SelectMany(axis => positions.Skip((axis * tokens.Length) + past).Take(count)).ToArray(),
        };
    }

    private static void AssertNear(double[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var difference = expected.Zip(actual, (ours, theirs) => Math.Abs(ours - theirs)).Max();
        var scale = expected.Max(Math.Abs);
        TestContext.Current.TestOutputHelper!.WriteLine($"{difference} of {scale}");
        Assert.InRange(difference, 0, tolerance * scale);
    }
}
