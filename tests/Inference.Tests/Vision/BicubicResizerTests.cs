using Qwen35Batch.Inference.Tests.Tokenization;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Tests.Vision;

public sealed class BicubicResizerTests
{
    public static IEnumerable<TheoryDataRow<int>> Cases() =>
        Enumerable.Range(0, TestFiles.Json("resize", "cases.json").GetArrayLength()).Select(i => new TheoryDataRow<int>(i));

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_resized_picture_is_that_of_the_reference(int index)
    {
        var golden = TestFiles.Json("resize", "cases.json")[index];
        var source = Read(golden.GetProperty("source").GetString()!);
        var expected = Read(golden.GetProperty("expected").GetString()!);

        var differences = BicubicResizer.Resize(source, expected.Height, expected.Width).Pixels
            .Zip(expected.Pixels, (a, b) => Math.Abs(a - b))
            .ToList();
        Assert.Equal((0.0, 0), (differences.Average(), differences.Max()));

        var patches = new ImageProcessor(new()).Process(source);
        Assert.Equal(
            golden.GetProperty("grid_thw").EnumerateArray().Select(v => v.GetInt32()),
            [patches.GridTime, patches.GridHeight, patches.GridWidth]);
        Assert.Equal(golden.GetProperty("first_patch_first_8").EnumerateArray().Select(v => v.GetSingle()), patches.Values[..8]);
    }

    [Theory]
    [InlineData(1, 1, 64, 64)]
    [InlineData(3, 500, 32, 32)]
    [InlineData(37, 23, 64, 96)]
    public void An_even_colour_stays_even(int height, int width, int newHeight, int newWidth)
    {
        var image = new RgbImage(width, height, [.. Enumerable.Range(0, width * height * 3).Select(i => (byte)(50 + 100 * (i % 3)))]);
        var resized = BicubicResizer.Resize(image, newHeight, newWidth);
        Assert.Equal(newHeight * newWidth * 3, resized.Pixels.Length);
        Assert.All(resized.Pixels.Chunk(3), p => Assert.Equal([50, 150, 250], p));
    }

    private static RgbImage Read(string name) => RgbImage.Decode(File.ReadAllBytes(TestFiles.Path("resize", name)));
}
