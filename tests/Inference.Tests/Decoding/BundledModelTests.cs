using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Tests.Decoding;

/// <summary>The trained model that the product brings along.</summary>
public sealed class BundledModelTests
{
    [Fact]
    public async Task The_bundled_model_answers_as_the_reference_implementation_does()
    {
        var results = await ModelVerifier.VerifyAsync(
            TestData.Folder("nano"), TestData.Folder("nano-cases"), new(), null, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal(20, results.Count);
        Assert.All(results, result => Assert.Null(result.Failure));
        Assert.All(
            results,
            result =>
                Assert.True(
                    result.GreedyCompared >= 20, $"{result.Name}: only {result.GreedyCompared} tokens were clear enough to compare."));
    }

    [Theory]
    [InlineData(ModelPrecision.Int8, GraphKind.Cpu, 0.99)]
    [InlineData(ModelPrecision.Int4, GraphKind.Cpu, 0.95)]
    [InlineData(ModelPrecision.Int8, GraphKind.Fused, 0.99)]
    [InlineData(ModelPrecision.Int4, GraphKind.Fused, 0.95)]
    [InlineData(ModelPrecision.Int8, GraphKind.Gpu, 0.99)]
    [InlineData(ModelPrecision.Int4, GraphKind.Gpu, 0.95)]
    public async Task Trained_weights_lose_little_when_they_are_quantised(ModelPrecision precision, GraphKind graph, double agreement)
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.FolderPath, "model");
        await ModelConverter.ConvertAsync(
            TestData.Folder("nano"),
            path,
            new ConversionOptions { Precision = precision, Graph = graph },
            null,
            TestContext.Current.CancellationToken);

        var results = await ModelVerifier.VerifyAsync(
            path, TestData.Folder("nano-cases"), new(), null, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);

        Assert.All(results, result => Assert.Null(result.Failure));
        Assert.InRange(
            results.Sum(result => result.GreedyMatched), agreement * results.Sum(result => result.GreedyCompared), double.PositiveInfinity);
    }
}
