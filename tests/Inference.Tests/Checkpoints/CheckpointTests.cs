using System.Text.Json;
using System.Text.Json.Nodes;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Tests.Decoding;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private const string Projection = "model.language_model.layers.3.self_attn.o_proj.weight";

    private readonly TemporaryFolder _folder = new();

    private string Folder => _folder.FolderPath;

    private string WeightsPath => Path.Combine(Folder, "model.safetensors");

    private string IndexPath => Path.Combine(Folder, "model.safetensors.index.json");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tiny-moe")]
    [InlineData("tiny-dense")]
    public void A_golden_checkpoint_is_complete(string name)
    {
        using var checkpoint = Checkpoint.Open(TestData.Folder(name));

        checkpoint.CheckComplete();

        Assert.Equal(checkpoint.Tensors.Keys.Order(), CheckpointLayout.Tensors(checkpoint.Config).Select(tensor => tensor.Name).Order());
    }

    [Theory]
    [InlineData(Projection)]
    [InlineData("model.language_model.layers.0.linear_attn.A_log")]
    [InlineData("model.language_model.layers.1.mlp.experts.gate_up_proj")]
    [InlineData("model.visual.merger.linear_fc2.bias")]
    [InlineData("lm_head.weight")]
    public void A_missing_tensor_is_named_with_its_shape_and_the_files(string name)
    {
        using var golden = Checkpoint.Open(TestData.Folder("tiny-moe"));
        var shape = golden.Tensors[name].Shape;
        WriteWithout(name);

        Refused($"{Folder}: tensor {name} of shape [{string.Join(", ", shape)}] is in none of its files (model.safetensors).");
    }

    [Fact]
    public void A_missing_expert_is_named()
    {
        Write(new RandomCheckpointOptions { FusedExperts = false });
        Rewrite(
            tensors =>
                tensors.RemoveAll(tensor => tensor.Name.EndsWith("layers.2.mlp.experts.5.up_proj.weight", StringComparison.Ordinal)));

        Refused("tensor model.language_model.layers.2.mlp.experts.5.up_proj.weight of shape [32, 64] is in none of its files");
    }

    [Fact]
    public void A_misshapen_tensor_is_named_with_its_file_and_the_expected_shape()
    {
        Write(new RandomCheckpointOptions());
        Rewrite(tensors => tensors[tensors.FindIndex(tensor => tensor.Name == Projection)] = new TensorShape(Projection, 128, 64));

        Refused($"{WeightsPath}: tensor {Projection} has shape [128, 64], but config.json asks for [64, 128].");
    }

    [Fact]
    public void A_truncated_file_is_named_with_a_tensor_and_its_shape()
    {
        Write(new RandomCheckpointOptions());
        using (var stream = File.OpenWrite(WeightsPath))
        {
            stream.SetLength(stream.Length - 10);
        }

        Refused($"{WeightsPath} is truncated or damaged: tensor model.visual.merger.linear_fc2.bias of shape [64] should lie at");
    }

    [Fact]
    public void A_type_that_cannot_be_read_is_named()
    {
        Write(new RandomCheckpointOptions());
        var bytes = File.ReadAllText(WeightsPath, System.Text.Encoding.Latin1);
        var at = bytes.IndexOf(Projection, StringComparison.Ordinal);
        var type = bytes.IndexOf("BF16", at, StringComparison.Ordinal);
        File.WriteAllText(WeightsPath, string.Concat(bytes.AsSpan(0, type), "F8_E", bytes.AsSpan(type + 4)), System.Text.Encoding.Latin1);

        Refused($"{WeightsPath}: tensor {Projection} is F8_E, but must be BF16, F16 or F32.");
    }

    [Fact]
    public void A_shard_that_is_not_there_is_named()
    {
        Write(new RandomCheckpointOptions { Shards = 3 });
        File.Delete(Path.Combine(Folder, "model-00002-of-00003.safetensors"));

        Refused($"{IndexPath} names the file model-00002-of-00003.safetensors, which does not exist in {Folder}.");
    }

    [Fact]
    public void A_tensor_that_is_not_in_its_shard_is_named()
    {
        Write(new RandomCheckpointOptions { Shards = 2 });
        var index = JsonNode.Parse(File.ReadAllText(IndexPath))!;
        index["weight_map"]!["lm_head.weight"] = "model-00001-of-00002.safetensors";
        File.WriteAllText(IndexPath, index.ToJsonString());

        Refused($"model-00001-of-00002.safetensors lacks tensor lm_head.weight, which {IndexPath} says is there.");
    }

    [Theory]
    [InlineData("../outside.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    public void An_index_cannot_lead_out_of_the_folder(string file)
    {
        Write(new RandomCheckpointOptions());
        File.WriteAllText(
            IndexPath, JsonSerializer.Serialize(new { weight_map = new Dictionary<string, string> { ["lm_head.weight"] = file } }));

        Refused("which is not the name of a file in the folder.");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"weight_map":{"lm_head.weight":3}}""")]
    public void A_damaged_index_is_named(string index)
    {
        Write(new RandomCheckpointOptions());
        File.WriteAllText(IndexPath, index);

        Refused($"{IndexPath} is not a safetensors index");
    }

    [Fact]
    public void A_tensor_that_is_in_two_files_is_named()
    {
        Write(new RandomCheckpointOptions());
        File.Copy(WeightsPath, Path.Combine(Folder, "copy.safetensors"));

        Refused($"both have tensor {CheckpointLayout.EmbeddingName}");
    }

    [Fact]
    public void A_folder_without_weights_is_refused()
    {
        File.Copy(Path.Combine(TestData.Folder("tiny-moe"), "config.json"), Path.Combine(Folder, "config.json"));

        Refused($"{Folder} has no *.safetensors files");
    }

    [Fact]
    public void The_prediction_head_is_passed_over()
    {
        Write(new RandomCheckpointOptions { PredictionHead = true, Shards = 2 });

        using var checkpoint = Checkpoint.Open(Folder);

        checkpoint.CheckComplete();
        Assert.DoesNotContain(checkpoint.Tensors.Keys, name => name.StartsWith("mtp.", StringComparison.Ordinal));
    }

    [Fact]
    public void Equal_seeds_give_equal_checkpoints()
    {
        Write(new RandomCheckpointOptions());
        var first = File.ReadAllBytes(WeightsPath);

        Write(new RandomCheckpointOptions());
        var again = File.ReadAllBytes(WeightsPath);
        RandomCheckpoint.Write(Golden("config.json"), Golden("tokenizer.json"), Folder, 2);

        Assert.Equal(first, again);
        Assert.NotEqual(first, File.ReadAllBytes(WeightsPath));
    }

    [Fact]
    public void Weights_drawn_when_they_are_read_are_those_of_a_checkpoint_that_was_written()
    {
        Write(new RandomCheckpointOptions());
        using var written = Checkpoint.Open(Folder);
        using var drawn = Checkpoint.OfRandomWeights(Folder, seed: 1);

        drawn.CheckComplete();
        Assert.Equal(written.Tensors.Keys.Order(), drawn.Tensors.Keys.Order());
        Assert.All(written.Tensors.Values, tensor =>
        {
            var other = drawn.Tensors[tensor.Name];
            Assert.Equal((tensor.Type, tensor.ByteLength), (other.Type, other.ByteLength));
            Assert.Equal(tensor.ReadFloats(), other.ReadFloats());
            var middle = tensor.ByteLength / 8 * 4;
            Assert.True(tensor.Bytes(middle, 4).SequenceEqual(other.Bytes(middle, 4)), tensor.Name);
        });
        Assert.Equal(CheckpointRevision.Compute(written), CheckpointRevision.Compute(drawn));
    }

    [Fact]
    public void Random_weights_are_spread_as_training_starts()
    {
        Write(new RandomCheckpointOptions());
        using var checkpoint = Checkpoint.Open(Folder);

        var matrix = checkpoint.Tensors[CheckpointLayout.EmbeddingName].ReadFloats();
        var decay = checkpoint.Tensors["model.language_model.layers.0.linear_attn.A_log"];

        Assert.InRange(matrix.Average(), -0.001, 0.001);
        Assert.InRange(Math.Sqrt(matrix.Average(value => value * value)), 0.0195, 0.0205);
        Assert.Equal(TensorType.F32, decay.Type);
        Assert.All(decay.ReadFloats(), value => Assert.InRange(value, 0, MathF.Log(16)));
        Assert.All(
            checkpoint.Tensors["model.language_model.layers.0.linear_attn.norm.weight"].ReadFloats(),
            value => Assert.InRange(value, 0.9f, 1.1f));
    }

    private static string Golden(string file) => Path.Combine(TestData.Folder("tiny-moe"), file);

    private void Write(RandomCheckpointOptions options) =>
        RandomCheckpoint.Write(Golden("config.json"), Golden("tokenizer.json"), Folder, 1, options);

    private void WriteWithout(string name)
    {
        Write(new RandomCheckpointOptions());
        Rewrite(tensors => tensors.RemoveAll(tensor => tensor.Name == name));
    }

    /// <summary>Writes the weights again with other tensors, all zero.</summary>
    private void Rewrite(Action<List<TensorShape>> change)
    {
        List<TensorShape> tensors;
        using (var file = SafetensorsFile.Open(WeightsPath))
        {
            tensors = [.. file.Tensors.Values.Select(tensor => new TensorShape(tensor.Name, [.. tensor.Shape]))];
        }

        change(tensors);
        using var writer = new SafetensorsWriter(WeightsPath, [.. tensors.Select(tensor => (tensor, TensorType.BF16))]);
        tensors.ForEach(tensor => writer.Write(new float[tensor.Count], TensorType.BF16));
    }

    private void Refused(string complaint)
    {
        var error = Assert.Throws<ModelFormatException>(() =>
        {
            using var checkpoint = Checkpoint.Open(Folder);
            checkpoint.CheckComplete();
        });
        Assert.Contains(complaint, error.Message, StringComparison.Ordinal);
    }
}
