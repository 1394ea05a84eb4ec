using Qwen35Batch.Inference.Decoding;

namespace Qwen35Batch.Inference.Tests.Decoding;

public sealed class ModelVerifierTests
{
    private static readonly ExecutionProviderOptions Cpu = new();

    [Theory]
    [InlineData("tiny-moe")]
    [InlineData("tiny-dense")]
    public async Task Every_golden_case_of_a_checkpoint_passes(string checkpoint)
    {
        var results = await ModelVerifier.VerifyAsync(TestData.Folder(checkpoint), TestData.Cases(checkpoint), Cpu, null, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);

        foreach (var result in results)
        {
            TestContext.Current.TestOutputHelper!.WriteLine(result.ToString());
        }

        Assert.Equal(["image-one", "image-two", "text-ja", "text-long", "text-short", "video-odd-and-image", "video-one"], results.Select(result => result.Name));
        Assert.All(results, result => Assert.Null(result.Failure));
    }
}
