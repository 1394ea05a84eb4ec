using NetVips;
using Qwen35Batch.Inference.Tests.Tokenization;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Tests.Vision;

public sealed class RgbImageTests
{
    [Fact]
    public void A_pixmap_is_read_as_it_is()
    {
        var image = RgbImage.Decode((byte[])[.. "P6\n# a comment\n2 1 255\n"u8, 1, 2, 3, 10, 9, 32]);
        Assert.Equal((2, 1), (image.Width, image.Height));
        Assert.Equal([1, 2, 3, 10, 9, 32], image.Pixels);
    }

    [Theory]
    [InlineData(".png", 0)]
    [InlineData(".jpg", 6)]
    [InlineData(".webp", 12)]
    public void Compressed_pictures_are_decoded(string format, int tolerance)
    {
        using var black = NetVips.Image.Black(64, 48, bands: 3);
        using var picture = black.Linear([1, 1, 1], [200, 100, 40]).Cast(Enums.BandFormat.Uchar);
        var image = RgbImage.Decode(picture.WriteToBuffer(format));
        Assert.Equal((64, 48), (image.Width, image.Height));
        Assert.All(
            image.Pixels.Chunk(3), p => Assert.All(p.Zip([200, 100, 40], (a, b) => Math.Abs(a - b)), d => Assert.InRange(d, 0, tolerance)));
    }

    [Fact]
    public void Grey_16_bit_and_transparent_pictures_become_8_bit_RGB()
    {
        using var black = NetVips.Image.Black(8, 8);
        using var grey = black.Linear([1], [77]).Cast(Enums.BandFormat.Uchar);
        Assert.All(RgbImage.Decode(grey.WriteToBuffer(".png")).Pixels, v => Assert.Equal(77, v));
        using var transparent = grey.Bandjoin(77, 77, 0).Copy(interpretation: Enums.Interpretation.Srgb);
        Assert.All(RgbImage.Decode(transparent.WriteToBuffer(".png")).Pixels, v => Assert.Equal(77, v));
        using var deep = black.Linear([1], [77 * 257]).Cast(Enums.BandFormat.Ushort).Copy(interpretation: Enums.Interpretation.Grey16);
        Assert.All(RgbImage.Decode(deep.WriteToBuffer(".png")).Pixels, v => Assert.InRange(v, 76, 78));
    }

    [Fact]
    public void The_orientation_of_a_photograph_is_applied()
    {
        using var black = NetVips.Image.Black(64, 48, bands: 3);
        using var turned = black.Mutate(image => image.Set(GValue.GIntType, "orientation", 6));
        var image = RgbImage.Decode(turned.WriteToBuffer(".jpg"));
        Assert.Equal((48, 64), (image.Width, image.Height));
    }

    [Fact]
    public void A_cut_off_picture_is_refused()
    {
        var file = File.ReadAllBytes(TestFiles.Path("resize", "2.source.png"));
        Assert.Contains(
            "damaged",
            Assert.Throws<PictureException>(() => RgbImage.Decode(file.AsMemory(0, file.Length / 2))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_small_file_with_too_many_pixels_is_refused_before_it_is_decoded()
    {
        using var huge = NetVips.Image.Black(20_000, 10_000);
        var file = huge.WriteToBuffer(".png");
        Assert.Contains("20000 x 10000", Assert.Throws<PictureException>(() => RgbImage.Decode(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>", "not a PNG")]
    [InlineData("P6 4 4 65535\nxxxxxxxx", "8-bit")]
    [InlineData("P6 4 4 255\nxxxxxxxx", "only 8 follow")]
    [InlineData("P6 999999 999999 255\nx", "reduce it")]
    [InlineData("P6", "PPM header")]
    [InlineData("P6 # comment", "PPM header")]
    public void What_is_no_picture_is_refused(string file, string why) =>
        Assert.Contains(
            why,
            Assert.Throws<PictureException>(() => RgbImage.Decode(System.Text.Encoding.ASCII.GetBytes(file))).Message,
            StringComparison.Ordinal);
}
