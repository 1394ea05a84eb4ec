using System.Buffers.Binary;
using NetVips;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract.Pictures;

/// <summary>Pictures look as their owner sees them, and what is not shown of a file is said.</summary>
public sealed class PictureLookTests : IDisposable
{
    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    private static int Level(Picture picture, double x, double y)
    {
        var pixels = picture.Pixmap.Span[^(picture.Width * picture.Height * 3)..];
        return pixels[(((int)(y * picture.Height) * picture.Width) + (int)(x * picture.Width)) * 3];
    }

    /// <summary>A page with a black field, the wider the higher its number.</summary>
    private static Image Page(int number, int width = 200, int height = 100)
    {
        using var white = Image.Black(width, height).NewFromImage(255).Cast(Enums.BandFormat.Uchar);
        return white.Mutate(mutable => mutable.DrawRect([0], 0, 0, number * width / 10, height, fill: true)).Copy(
            interpretation: Enums.Interpretation.Bw);
    }

    private static Image Pages(params IEnumerable<Image> pages)
    {
        var all = pages.ToArray();
        var height = all[0].Height;
        return Image.Arrayjoin(all, across: 1).Mutate(mutable => mutable.Set(GValue.GIntType, "page-height", height));
    }

    private async Task<ExtractedSegment> OnlyAsync(string name) => Assert.Single(await _rig.ExtractAsync(_rig.Folder[name]));

    [Theory]
    [InlineData(0.0, 1.0)]
    [InlineData(-3.0, 5000.0)]
    [InlineData(0.0, 0.4)]
    public async Task Floating_point_is_shown_from_black_to_white(double least, double greatest)
    {
        using (var ramp = Image.Identity(@ushort: true, size: 256).Cast(Enums.BandFormat.Float))
        using (var scaled = ramp.Linear([(greatest - least) / 255], [least]))
        using (var tall = scaled.Embed(0, 0, 256, 64, extend: Enums.Extend.Copy))
            tall.WriteToFile(_rig.Folder["float.tif"]);

        var segment = await OnlyAsync("float.tif");

        var brightest = greatest is 0.4 ? 102 : 255;
        Assert.InRange(Level(segment.Pictures[0], 0.002, 0.5), 0, 4);
        Assert.InRange(Level(segment.Pictures[0], 0.5, 0.5), (brightest / 2) - 4, (brightest / 2) + 4);
        Assert.InRange(Level(segment.Pictures[0], 0.998, 0.5), brightest - 4, brightest);
        Assert.Contains("floating point", segment.Note, StringComparison.Ordinal);
        Assert.False(segment.HasGaps);
    }

    [Fact]
    public async Task White_on_a_clear_ground_can_be_read()
    {
        using (var clear = Image.Black(100, 50).NewFromImage(255, 255, 255, 0).Cast(Enums.BandFormat.Uchar))
        using (
            var drawn = clear.Mutate(mutable => mutable.DrawRect([255, 255, 255, 255], 10, 10, 20, 20, fill: true)).Copy(
                interpretation: Enums.Interpretation.Srgb))
        {
            drawn.WriteToFile(_rig.Folder["logo.png"]);
        }

        var segment = await OnlyAsync("logo.png");

        Assert.Equal(255, Level(segment.Pictures[0], 0.15, 0.3));
        Assert.InRange(Level(segment.Pictures[0], 0.9, 0.9), 60, 160);
        Assert.Contains("clear ground", segment.Note, StringComparison.Ordinal);
        Assert.False(segment.HasGaps);
    }

    [Fact]
    public async Task A_fax_has_square_pixels_and_a_segment_a_page()
    {
        using (var fax = Pages([Page(2), Page(5), Page(8)]))
        {
            fax.Tiffsave(
                _rig.Folder["fax.tif"],
                compression: Enums.ForeignTiffCompression.Ccittfax4,
                bitdepth: 1,
                xres: 8.04,
                yres: 3.86,
                resunit: Enums.ForeignTiffResunit.Cm);
        }

        var media = await _rig.DescribeAsync(_rig.Folder["fax.tif"]);
        var segments = await _rig.ExtractAsync(_rig.Folder["fax.tif"]);

        Assert.Equal((MediaKind.Image, 200, 208, 3), (media.Kind, media.Width, media.Height, media.PageCount));
        Assert.Equal([1, 2, 3], segments.Select(segment => segment.Pictures[0].Page!.Value));
        Assert.All(segments, segment => Assert.Equal((200, 208), (segment.Pictures[0].Width, segment.Pictures[0].Height)));
        Assert.Equal([0, 0, 0], segments.Select(segment => Level(segment.Pictures[0], 0.1, 0.5)));
        Assert.Equal([255, 0, 0], segments.Select(segment => Level(segment.Pictures[0], 0.4, 0.5)));
        Assert.Equal([255, 255, 0], segments.Select(segment => Level(segment.Pictures[0], 0.7, 0.5)));
        Assert.All(segments, segment => Assert.Null(segment.Note));
    }

    [Fact]
    public async Task Pages_that_a_file_broke_off_before_are_told_of()
    {
        using (var scan = Pages([Page(5), Page(5), Page(5)]))
            scan.Tiffsave(_rig.Folder["scan.tif"]);
        var bytes = await File.ReadAllBytesAsync(_rig.Folder["scan.tif"], TestContext.Current.CancellationToken);

        var whole = await _rig.DescribeAsync(_rig.Folder["scan.tif"]);
        var cut = await _rig.DescribeAsync(_rig.Folder.Write("cut.tif", bytes.AsSpan(0, bytes.Length * 5 / 6)));

        Assert.Equal((3, null), (whole.PageCount, whole.Notes));
        Assert.Equal(2, cut.PageCount);
        var note = Assert.Single(cut.Notes!);
        Assert.StartsWith("The file breaks off after page 2", note.Text, StringComparison.Ordinal);
        Assert.True(note.IsGap);
    }

    [Fact]
    public async Task Smaller_versions_of_a_picture_are_no_pages()
    {
        using (var large = Page(5, 1_024, 512))
            large.Tiffsave(_rig.Folder["pyramid.tif"], pyramid: true, tile: true, tileWidth: 128, tileHeight: 128);

        Assert.Null((await _rig.DescribeAsync(_rig.Folder["pyramid.tif"])).PageCount);
        Assert.Equal(1_024, (await OnlyAsync("pyramid.tif")).Pictures[0].Width);
    }

    [Fact]
    public async Task Of_an_animation_the_first_frame_that_shows_anything_is_read_and_the_others_are_counted()
    {
        using (
            var animation = Pages([Page(0), Page(5), Page(8)]).Mutate(
                mutable => mutable.Set(GValue.ArrayIntType, "delay", new[] { 100, 100, 100 })))
        {
            animation.Gifsave(_rig.Folder["blank.gif"]);
        }

        using (var animation = Pages([Page(5), Page(8)]).Mutate(mutable => mutable.Set(GValue.ArrayIntType, "delay", new[] { 100, 100 })))
            animation.Gifsave(_rig.Folder["full.gif"]);

        var blank = await OnlyAsync("blank.gif");
        var full = await OnlyAsync("full.gif");

        Assert.Equal((0, 255), (Level(blank.Pictures[0], 0.3, 0.5), Level(blank.Pictures[0], 0.7, 0.5)));
        Assert.Contains("Only frame 2 of 3", blank.Note, StringComparison.Ordinal);
        Assert.Contains("first of 2 frames", full.Note, StringComparison.Ordinal);
        Assert.True(full.HasGaps);
    }

    [Fact]
    public async Task Frames_of_an_animated_PNG_are_counted()
    {
        var path = await Ffmpeg.MakeAsync("-f", "lavfi", "-i", "testsrc=s=60x40:r=5:d=1", "-f", "apng", _rig.Folder["a.png"]);

        Assert.Equal("Only the first of 5 frames of the animation was read.", Assert.Single(await _rig.ExtractAsync(path)).Note);
    }

    [Theory]
    [InlineData("rgb24")]
    [InlineData("pal8")]
    [InlineData("gray")]
    public async Task BMP_is_read(string format)
    {
        var path = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", "color=white:s=60x40,drawbox=w=20:h=40:t=fill:color=black",
            "-frames:v", "1", "-pix_fmt", format, _rig.Folder["a.bmp"]);

        var media = await _rig.DescribeAsync(path);
        var segment = Assert.Single(await _rig.ExtractAsync(path, new() { MaxPicturePixels = 600 }));

        Assert.Equal((MediaKind.Image, "image/bmp", 60, 40), (media.Kind, media.MediaType, media.Width, media.Height));
        Assert.Equal((30, 20), (segment.Pictures[0].Width, segment.Pictures[0].Height));
        Assert.InRange(Level(segment.Pictures[0], 0.1, 0.5), 0, 10);
        Assert.InRange(Level(segment.Pictures[0], 0.9, 0.5), 245, 255);
        Assert.Null(segment.Note);
    }

    [Fact]
    public async Task A_BMP_keeps_its_colours_and_stands_upright()
    {
        var path = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", "color=red:s=60x40,drawbox=y=20:w=60:h=20:t=fill:color=blue",
            "-frames:v", "1", "-pix_fmt", "bgr24", _rig.Folder["a.bmp"]);

        var pixels = Assert.Single(await _rig.ExtractAsync(path)).Pictures[0].Pixmap.Span[^(60 * 40 * 3)..].ToArray();

        Assert.True(pixels[0] > 200 && pixels[2] < 50, $"The first pixel is {pixels[0]}, {pixels[1]}, {pixels[2]}.");
        Assert.True(pixels[^1] > 200 && pixels[^3] < 50, $"The last pixel is {pixels[^3]}, {pixels[^2]}, {pixels[^1]}.");
    }

    private Task<string> HevcAsync(string name, string colour) => Ffmpeg.MakeAsync(
        "-f", "lavfi", "-i", $"color={colour}:s=128x64", "-frames:v", "1", "-c:v", "libx265", "-x265-params", "log-level=none",
        "-pix_fmt", "yuv420p", "-tag:v", "hvc1", _rig.Folder[name]);

    [Fact]
    public async Task HEIC_is_read()
    {
        var video = await File.ReadAllBytesAsync(await HevcAsync("one.mp4", "gray"), TestContext.Current.CancellationToken);
        var path = _rig.Folder.Write("photo.heic", HeicFile.Of(video, 128, 64));

        var media = await _rig.DescribeAsync(path);
        var segment = Assert.Single(await _rig.ExtractAsync(path));

        Assert.Equal((MediaKind.Image, "image/heic", 128, 64), (media.Kind, media.MediaType, media.Width, media.Height));
        Assert.Equal((128, 64), (segment.Pictures[0].Width, segment.Pictures[0].Height));
        Assert.InRange(Level(segment.Pictures[0], 0.5, 0.5), 120, 136);
        Assert.Null(segment.Note);
    }

    [Fact]
    public async Task The_tiles_of_a_HEIC_photo_are_put_together_and_turned_upright()
    {
        var (left, right) = (await HevcAsync("left.mp4", "black"), await HevcAsync("right.mp4", "white"));
        var photo = HeicFile.OfTiles(
            await File.ReadAllBytesAsync(left, TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(right, TestContext.Current.CancellationToken),
            128,
            64);
        var path = _rig.Folder.Write("photo.heic", photo);

        var picture = Assert.Single(await _rig.ExtractAsync(path)).Pictures[0];

        // Turned to the left, what was on the right is above.
        Assert.Equal((64, 256), (picture.Width, picture.Height));
        Assert.InRange(Level(picture, 0.5, 0.25), 250, 255);
        Assert.InRange(Level(picture, 0.5, 0.75), 0, 5);
    }

    [Fact]
    public async Task A_HEIC_photo_that_breaks_off_is_refused()
    {
        var video = await File.ReadAllBytesAsync(await HevcAsync("one.mp4", "gray"), TestContext.Current.CancellationToken);
        var photo = HeicFile.Of(video, 128, 64);

        var refused = await _rig.RejectsAsync(_rig.Folder.Write("cut.heic", photo.AsSpan(0, photo.Length - 400)));

        Assert.Equal(RejectionReason.CorruptMedia, refused.Reason);
        Assert.Contains("cut.heic' is a HEIC picture that breaks off", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_BMP_that_breaks_off_is_not_silently_whole()
    {
        var path = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", "testsrc=s=60x40", "-frames:v", "1", "-pix_fmt", "bgr24", _rig.Folder["a.bmp"]);
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);

        var refused = await _rig.RejectsAsync(_rig.Folder.Write("cut.bmp", bytes.AsSpan(0, bytes.Length / 2)));

        Assert.Equal(RejectionReason.CorruptMedia, refused.Reason);
    }

    [Fact]
    public async Task What_a_cameras_sensor_measured_is_named_as_raw()
    {
        using (var picture = Page(5))
            picture.WriteToFile(_rig.Folder["a.tif"]);
        var bytes = await File.ReadAllBytesAsync(_rig.Folder["a.tif"], TestContext.Current.CancellationToken);
        // The directory's last entry, whatever it was, becomes the version of DNG.
        var directory = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4));
        var entries = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(directory));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(directory + 2 + ((entries - 1) * 12)), 50706);

        var refused = await _rig.RejectsAsync(_rig.Folder.Write("a.dng", bytes));

        Assert.Equal(RejectionReason.UnsupportedMedia, refused.Reason);
        Assert.Contains("camera raw", refused.Message, StringComparison.Ordinal);
    }
}
