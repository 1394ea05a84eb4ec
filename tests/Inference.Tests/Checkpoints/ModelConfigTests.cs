using System.Text.Json.Nodes;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Tests.Decoding;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Tests.Checkpoints;

public sealed class ModelConfigTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_mixture_of_experts_is_read()
    {
        var config = ModelConfig.Read(TestData.Folder("tiny-moe"));

        Assert.Equal(new ExpertsConfig(8, 2, 32, 32), config.Text.Experts);
        Assert.Equal([LayerKind.Linear, LayerKind.Linear, LayerKind.Linear, LayerKind.Full], config.Text.Layers);
        Assert.Equal((8, 128, 64), (config.Text.RotaryDim, config.Text.ConvWidth, config.Text.LinearValueWidth));
        Assert.Equal([2, 1, 1], config.Text.RopeSections);
        Assert.Equal(10_000_000, config.Text.RopeTheta);
        Assert.Equal((8, 16, 1536), (config.Vision.PositionSide, config.Vision.HeadDim, config.Vision.PatchValues));
        Assert.Equal(
            (2034, 2035, 2031, 2032), (config.ImageTokenId, config.VideoTokenId, config.VisionStartTokenId, config.VisionEndTokenId));
        Assert.False(config.TiedHead);
    }

    [Fact]
    public void A_dense_model_is_read()
    {
        var config = ModelConfig.Read(TestData.Folder("tiny-dense"));

        Assert.Null(config.Text.Experts);
        Assert.Equal(96, config.Text.IntermediateSize);
        Assert.True(config.TiedHead);
    }

    [Fact]
    public void All_ids_that_end_an_answer_are_taken_from_both_files()
    {
        File.WriteAllText(Path.Combine(_folder.FolderPath, "generation_config.json"), """{"eos_token_id":[2024,2025]}""");

        Assert.Equal([2024, 2025], Read(_ => { }).EndOfTextIds);
    }

    [Fact]
    public void Every_fourth_layer_is_full_attention_where_only_the_interval_is_given()
    {
        var config = Read(text =>
        {
            text.Remove("layer_types");
            text["full_attention_interval"] = 2;
        });

        Assert.Equal([LayerKind.Linear, LayerKind.Full, LayerKind.Linear, LayerKind.Full], config.Text.Layers);
    }

    [Theory]
    [InlineData(0.25, "[2,1,1]", new[] { 2, 1, 1 })]
    [InlineData(0.25, "[0,9,9]", new[] { 2, 1, 1 })]
    [InlineData(0.25, "[4,0,0]", new[] { 4, 0, 0 })]
    [InlineData(0.75, "[5,4,3]", new[] { 5, 4, 3 })]
    [InlineData(0.75, "[1,1,1]", new[] { 10, 1, 1 })]
    public void Sections_always_sum_up_to_all_frequencies(double factor, string sections, int[] expected)
    {
        var config = Read(text =>
        {
            text["rope_parameters"]!["partial_rotary_factor"] = factor;
            text["rope_parameters"]!["mrope_section"] = JsonNode.Parse(sections);
        });

        Assert.Equal(expected, config.Text.RopeSections);
    }

    [Theory]
    [InlineData("hidden_size", null, "lacks text_config.hidden_size")]
    [InlineData("hidden_size", "0", "text_config.hidden_size is 0, but must be a positive whole number")]
    [InlineData("hidden_size", "\"big\"", "text_config.hidden_size is \"big\", but must be a whole number")]
    [InlineData("hidden_size", "48", "out_hidden_size is 64, but must be text_config.hidden_size (48)")]
    [InlineData("layer_types", "[\"linear_attention\"]", "must be a list of num_hidden_layers (4) types")]
    [InlineData("layer_types", "[\"mamba\"]", "text_config.layer_types is [\"mamba\"]")]
    [InlineData("hidden_act", "\"gelu\"", "must be \"silu\"")]
    [InlineData("num_key_value_heads", "3", "num_attention_heads is 4, but must be a multiple of num_key_value_heads (3)")]
    [InlineData("linear_num_value_heads", "3", "linear_num_value_heads is 3, but must be a multiple of linear_num_key_heads (2)")]
    [InlineData("num_experts_per_tok", "9", "num_experts_per_tok is 9, but must be at most num_experts (8)")]
    [InlineData(
        "rope_parameters",
        """{"rope_type":"yarn","rope_theta":1,"mrope_section":[2,1,1]}""",
        "text_config.rope_parameters.rope_type is \"yarn\"")]
    [InlineData("rope_parameters", """{"rope_theta":1,"mrope_section":[2,1]}""", "mrope_section is [2,1], but must be three whole numbers")]
    [InlineData(
        "rope_parameters", """{"rope_theta":1,"partial_rotary_factor":0.1,"mrope_section":[2,1,1]}""", "partial_rotary_factor is 0.1")]
    [InlineData("attn_output_gate", "false", "attn_output_gate is false")]
    [InlineData("eos_token_id", null, "eos_token_id is missing, but must be the token id that ends an answer")]
    public void What_cannot_be_computed_is_refused_by_key(string key, string? value, string complaint)
    {
        var error = Assert.Throws<ModelFormatException>(() => Read(text =>
        {
            text.Remove(key);
            if (value is not null)
            {
                text[key] = JsonNode.Parse(value);
            }
        }));

        Assert.Contains(complaint, error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_folder.FolderPath, "config.json"), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"model_type":"llama"}""", "model_type is \"llama\", but must be \"qwen3_5_moe\" or \"qwen3_5\"")]
    [InlineData("""{"model_type":"qwen3_5"}""", "lacks text_config")]
    [InlineData("{", "is not valid JSON")]
    [InlineData("[]", "is not a JSON object")]
    public void Another_models_configuration_is_refused(string json, string complaint)
    {
        File.WriteAllText(Path.Combine(_folder.FolderPath, "config.json"), json);

        var error = Assert.Throws<ModelFormatException>(() => ModelConfig.Read(_folder.FolderPath));

        Assert.Contains(complaint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_configuration_is_named()
    {
        var error = Assert.Throws<ModelFormatException>(() => ModelConfig.Read(_folder.FolderPath));

        Assert.StartsWith(Path.Combine(_folder.FolderPath, "config.json") + " does not exist.", error.Message, StringComparison.Ordinal);
    }

    private ModelConfig Read(Action<JsonObject> change)
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(TestData.Folder("tiny-moe"), "config.json")))!;
        change(config["text_config"]!.AsObject());
        File.WriteAllText(Path.Combine(_folder.FolderPath, "config.json"), config.ToJsonString());
        return ModelConfig.Read(_folder.FolderPath);
    }
}
