using System.Text.Json;
using Qwen35Batch.Inference.Tests.Tokenization;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Tests.Vision;

public sealed class SmartSizeTests
{
    private static readonly JsonElement Cases = TestFiles.Json("resize-and-sampling-cases.json");

    [Fact]
    public void Pictures_get_the_size_of_the_reference()
    {
        foreach (var golden in Cases.GetProperty("image").EnumerateArray())
        {
            AssertSize(
                golden,
                () => SmartSize.ForImage(Integer(golden, "height"), Integer(golden, "width"), Integer(golden, "factor"), Limits(golden)));
        }
    }

    [Fact]
    public void Clips_get_the_size_of_the_reference()
    {
        foreach (var golden in Cases.GetProperty("video").EnumerateArray())
        {
            AssertSize(golden, () => SmartSize.ForVideo(
                Integer(golden, "frames"), Integer(golden, "height"), Integer(golden, "width"), Integer(golden, "factor"), Limits(golden)));
        }
    }

    [Fact]
    public void A_half_is_rounded_to_even() => Assert.Equal((64, 64), SmartSize.ForImage(80, 48, 32, new(1, 1 << 20)));

    private static void AssertSize(JsonElement golden, Func<(int Height, int Width)> compute)
    {
        var expected = golden.GetProperty("expected");
        if (expected.ValueKind == JsonValueKind.Array)
        {
            Assert.Equal((expected[0].GetInt32(), expected[1].GetInt32()), compute());
        }
        else
        {
            Assert.Contains(
                $"{Integer(golden, "width")} x {Integer(golden, "height")} pixels",
                Assert.Throws<PictureException>(() => compute()).Message,
                StringComparison.Ordinal);
        }
    }

    private static PixelLimits Limits(JsonElement golden) =>
        new(golden.GetProperty("min_pixels").GetInt64(), golden.GetProperty("max_pixels").GetInt64());

    private static int Integer(JsonElement golden, string name) => golden.GetProperty(name).GetInt32();
}
