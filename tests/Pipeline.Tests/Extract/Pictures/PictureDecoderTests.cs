using NetVips;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Extract.Pictures;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract.Pictures;

public sealed class PictureDecoderTests : IDisposable
{
    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    /// <summary>Red on the left, blue on the right.</summary>
    private static Image RedAndBlue(int width, int height)
    {
        using var red = Image.Black(width / 2, height).NewFromImage(255, 0, 0);
        using var blue = Image.Black(width / 2, height).NewFromImage(0, 0, 255);
        return red.Join(blue, Enums.Direction.Horizontal).Copy(interpretation: Enums.Interpretation.Srgb);
    }

    private static (byte R, byte G, byte B) Pixel(Picture picture, double x, double y)
    {
        var pixels = picture.Pixmap.Span[^(picture.Width * picture.Height * 3)..];
        var at = (((int)(y * picture.Height) * picture.Width) + (int)(x * picture.Width)) * 3;
        return (pixels[at], pixels[at + 1], pixels[at + 2]);
    }

    private static void AssertRed((byte R, byte G, byte B) pixel) => Assert.True(pixel is { R: > 200, G: < 70, B: < 70 }, pixel.ToString());

    private static void AssertBlue((byte R, byte G, byte B) pixel) =>
        Assert.True(pixel is { R: < 70, G: < 70, B: > 200 }, pixel.ToString());

    [Theory]
    [InlineData("写真 'a'.jpg", "image/jpeg")]
    [InlineData("a.png", "image/png")]
    [InlineData("a.webp", "image/webp")]
    [InlineData("a.gif", "image/gif")]
    [InlineData("a.tif", "image/tiff")]
    [InlineData("a.avif", "image/avif")]
    public async Task Every_kind_of_picture_becomes_the_same_pixels(string name, string mediaType)
    {
        using (var image = RedAndBlue(64, 32))
            image.WriteToFile(_rig.Folder[name]);

        var media = await _rig.DescribeAsync(_rig.Folder[name]);
        var segment = Assert.Single(await _rig.ExtractAsync(_rig.Folder[name]));
        var picture = Assert.Single(segment.Pictures);

        Assert.Equal((MediaKind.Image, mediaType, 64, 32), (media.Kind, media.MediaType, media.Width, media.Height));
        Assert.Equal((64, 32), (picture.Width, picture.Height));
        Assert.True(picture.Pixmap.Span.StartsWith("P6\n64 32\n255\n"u8));
        AssertRed(Pixel(picture, 0.2, 0.5));
        AssertBlue(Pixel(picture, 0.8, 0.5));
        Assert.Null(segment.Note);
    }

    [Theory]
    [InlineData(3, 64, 32)]
    [InlineData(6, 32, 64)]
    [InlineData(8, 32, 64)]
    public async Task The_orientation_of_a_photo_is_applied(int orientation, int width, int height)
    {
        var path = _rig.Folder["turned.jpg"];
        using (var image = RedAndBlue(64, 32))
        using (var turned = image.Mutate(mutable => mutable.Set(GValue.GIntType, "orientation", orientation)))
            turned.WriteToFile(path);

        var media = await _rig.DescribeAsync(path);
        var picture = (await _rig.ExtractAsync(path))[0].Pictures[0];

        Assert.Equal((width, height), (media.Width, media.Height));
        Assert.Equal((width, height), (picture.Width, picture.Height));
        var (first, last) = (Pixel(picture, 0.1, 0.1), Pixel(picture, 0.9, 0.9));
        if (orientation == 6)
        {
            AssertRed(first);
            AssertBlue(last);
        }
        else
        {
            AssertBlue(first);
            AssertRed(last);
        }
    }

    [Fact]
    public async Task The_smallest_AVIF_is_read()
    {
        await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", "testsrc=d=1:s=128x96:r=1", "-frames:v", "1", "-c:v", "libaom-av1", "-crf", "60", "-cpu-used", "8",
            "-still-picture", "1", _rig.Folder["a.avif"]);

        Assert.InRange(new FileInfo(_rig.Folder["a.avif"]).Length, 1, 1_020);
        Assert.Equal(128, Assert.Single(Assert.Single(await _rig.ExtractAsync(_rig.Folder["a.avif"])).Pictures).Width);
    }

    [Fact]
    public async Task Transparency_becomes_white_and_grey_of_16_bits_becomes_8()
    {
        using (var clear = Image.Black(8, 8).NewFromImage(10, 20, 30, 0).Copy(interpretation: Enums.Interpretation.Srgb))
            clear.WriteToFile(_rig.Folder["clear.png"]);
        using (var grey = (Image.Black(8, 8) + 32_896).Cast(Enums.BandFormat.Ushort).Copy(interpretation: Enums.Interpretation.Grey16))
            grey.WriteToFile(_rig.Folder["grey.png"]);

        Assert.Equal((255, 255, 255), Pixel((await _rig.ExtractAsync(_rig.Folder["clear.png"]))[0].Pictures[0], 0.5, 0.5));
        var (r, g, b) = Pixel((await _rig.ExtractAsync(_rig.Folder["grey.png"]))[0].Pictures[0], 0.5, 0.5);
        Assert.InRange(r, 126, 130);
        Assert.True(r == g && g == b);
    }

    [Fact]
    public async Task A_print_picture_in_cmyk_is_shown_in_rgb()
    {
        // Full yellow and magenta print as red.
        using (var ink = Image.Black(16, 16).NewFromImage(0, 255, 255, 0).Copy(interpretation: Enums.Interpretation.Cmyk))
            ink.WriteToFile(_rig.Folder["print.tif"]);

        var (r, g, b) = Pixel((await _rig.ExtractAsync(_rig.Folder["print.tif"]))[0].Pictures[0], 0.5, 0.5);

        Assert.True(r > 180 && g < 90 && b < 90, $"{r} {g} {b}");
    }

    [Fact]
    public async Task A_large_picture_is_reduced_to_the_limit_and_a_small_one_is_kept()
    {
        using (var image = RedAndBlue(2_000, 500))
            image.WriteToFile(_rig.Folder["large.jpg"]);

        var reduced = (await _rig.ExtractAsync(_rig.Folder["large.jpg"], new() { MaxPicturePixels = 10_000 }))[0].Pictures[0];

        Assert.Equal((200, 50), (reduced.Width, reduced.Height));
        Assert.Equal(2_000, (await _rig.ExtractAsync(_rig.Folder["large.jpg"]))[0].Pictures[0].Width);
    }

    [Fact]
    public async Task A_picture_bomb_is_refused_by_its_header()
    {
        using (var bomb = Image.Black(16_000, 16_000))
            bomb.Pngsave(_rig.Folder["bomb.png"], compression: 1);

        var exception = await _rig.RejectsAsync(_rig.Folder["bomb.png"]);

        Assert.Equal(RejectionReason.TooLarge, exception.Reason);
        Assert.Contains("16000 × 16000", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_that_is_too_long_and_thin_is_refused()
    {
        using (var line = RedAndBlue(2_010, 10))
            line.WriteToFile(_rig.Folder["line.png"]);

        Assert.Equal(RejectionReason.UnsupportedMedia, (await _rig.RejectsAsync(_rig.Folder["line.png"])).Reason);
    }

    [Fact]
    public async Task A_cut_picture_is_read_with_a_note_and_a_destroyed_one_is_refused()
    {
        using (var image = Image.Gaussnoise(400, 400, sigma: 60, mean: 128).Cast(Enums.BandFormat.Uchar))
            image.WriteToFile(_rig.Folder["whole.jpg"]);
        var bytes = await File.ReadAllBytesAsync(_rig.Folder["whole.jpg"], TestContext.Current.CancellationToken);

        var cut = Assert.Single(await _rig.ExtractAsync(_rig.Folder.Write("cut.jpg", bytes.AsSpan(0, bytes.Length / 2))));
        var destroyed = await _rig.RejectsAsync(
            _rig.Folder.Write("destroyed.png", [.. "\u0089PNG\r\n\u001A\n".Select(character => (byte)character), .. new byte[100]]));

        Assert.Contains("damaged", cut.Note, StringComparison.Ordinal);
        Assert.True(cut.HasGaps);
        Assert.Equal(RejectionReason.CorruptMedia, destroyed.Reason);
        Assert.Contains("destroyed.png", destroyed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_moving_picture_the_first_frame_is_read()
    {
        var path = await Ffmpeg.MakeAsync(
            "-f",
            "lavfi",
            "-i",
            "color=red:s=32x32:r=2:d=1,format=rgb24",
            "-f",
            "lavfi",
            "-i",
            "color=blue:s=32x32:r=2:d=1,format=rgb24",
            "-filter_complex",
            "concat",
            _rig.Folder["moving.gif"]);

        var segment = Assert.Single(await _rig.ExtractAsync(path));

        AssertRed(Pixel(segment.Pictures[0], 0.5, 0.5));
        Assert.Equal(32, segment.Pictures[0].Height);
    }

    [Fact]
    public async Task Loaders_of_other_kinds_are_shut()
    {
        // Whatever passes by the sniffing: the library itself has no loader open for it.
        var svg = _rig.Folder.Write(
            "drawing", "<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'><rect width='10' height='10'/></svg>");
        var ppm = _rig.Folder.Write("pixmap", [.. "P6\n1 1\n255\n"u8, 1, 2, 3]);
        await _rig.AcquireAsync(_rig.Folder.Write("a.txt", "words"));

        foreach (var path in new[] { svg, ppm })
            Assert.Throws<Pipeline.Jobs.MediaRejectedException>(() => PictureDecoder.Decode(path, 1, 1_000, 1_000, "It"));
    }
}
