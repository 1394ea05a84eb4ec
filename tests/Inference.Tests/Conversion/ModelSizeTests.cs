using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Tests.Checkpoints;
using Qwen35Batch.Inference.Tests.Decoding;

namespace Qwen35Batch.Inference.Tests.Conversion;

public sealed class ModelSizeTests
{
    private const string Wide = """{"text_config":{"hidden_size":256,"intermediate_size":512,"num_experts":16,"moe_intermediate_size":"""
        + """256,"shared_expert_intermediate_size":192},"vision_config":{"out_hidden_size":256}}""";

    [Theory]
    [InlineData("tiny-moe", ModelPrecision.Fp32, GraphKind.Fused)]
    [InlineData("tiny-moe", ModelPrecision.Fp16, GraphKind.Fused)]
    [InlineData("tiny-moe", ModelPrecision.Fp32, GraphKind.Cpu)]
    [InlineData("tiny-moe", ModelPrecision.Bf16, GraphKind.Cpu)]
    [InlineData("tiny-moe", ModelPrecision.Fp16, GraphKind.Portable)]
    [InlineData("tiny-moe", ModelPrecision.Int8, GraphKind.Fused)]
    [InlineData("tiny-moe", ModelPrecision.Int4, GraphKind.Fused)]
    [InlineData("tiny-moe", ModelPrecision.Int8, GraphKind.Cpu)]
    [InlineData("tiny-moe", ModelPrecision.Int4, GraphKind.Cpu)]
    [InlineData("tiny-dense", ModelPrecision.Fp32, GraphKind.Cpu)]
    [InlineData("tiny-dense", ModelPrecision.Int4, GraphKind.Fused)]
    [InlineData("tiny-moe", ModelPrecision.Fp32, GraphKind.Gpu)]
    [InlineData("tiny-moe", ModelPrecision.Int4, GraphKind.Gpu)]
    [InlineData("tiny-moe", ModelPrecision.Fp16, GraphKind.Gpu)]
    public async Task What_a_configuration_promises_is_what_the_folder_holds(string like, ModelPrecision precision, GraphKind graph)
    {
        using var model = await RandomModel.CreateAsync(
            like,
            Wide,
            new RandomCheckpointOptions(),
            TestContext.Current.CancellationToken,
            new ConversionOptions { Precision = precision, Graph = graph });

        var promised = ModelSize.OfConfig(Path.Combine(model.CheckpointPath, "config.json"), precision, graph);
        var measured = ModelSize.OfFolder(model.ModelPath);

        Assert.Equal((false, true), (promised.IsMeasured, measured.IsMeasured));
        using var checkpoint = Checkpoint.Open(model.CheckpointPath);
        Assert.Equal(checkpoint.Tensors.Values.Sum(tensor => tensor.Count), measured.Parts.Sum(part => part.Parameters));
        foreach (var (expected, actual) in promised.Parts.Zip(measured.Parts))
        {
            Assert.Equal((expected.Part, expected.Parameters), (actual.Part, actual.Parameters));

            // Vectors are in the graphs themselves, a small matrix may be filled up, and portable graphs need no tables of positions.
            Assert.InRange(actual.Bytes, expected.Bytes * 0.95, expected.Bytes * 1.05);
        }

        // Weights are aligned in the files, which weighs in models as small as this only.
        var files = Directory.EnumerateFiles(model.ModelPath, "*.data").Sum(file => new FileInfo(file).Length);
        Assert.InRange(
            files,
            measured.Parts.Sum(part => part.Bytes),
            measured.Parts.Sum(part => part.Bytes) + (65536L * 2 * checkpoint.Tensors.Count));
    }

    [Theory]
    [InlineData("tiny-moe")]
    [InlineData("tiny-dense")]
    public async Task The_state_is_that_of_a_slot(string like)
    {
        using var random = await RandomModel.CreateAsync(like, "{}", new RandomCheckpointOptions(), TestContext.Current.CancellationToken);
        var size = ModelSize.OfFolder(random.ModelPath);

        foreach (var length in new[] { 10, 300 })
        {
            using var model = ModelFolder.Open(random.ModelPath)
                .CreateSequenceModel(new SequenceModelOptions { Slots = 1, MaxLength = length });
            Assert.Equal(model.BytesPerSlot, size.StateBytes + (length * size.StateBytesPerToken));
        }
    }
}
