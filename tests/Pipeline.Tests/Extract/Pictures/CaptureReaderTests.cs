using NetVips;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract.Pictures;
using Qwen35Batch.Pipeline.Prepare;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract.Pictures;

/// <summary>Dates, places and cameras of pictures, from blocks that strangers wrote.</summary>
public sealed class CaptureReaderTests : IDisposable
{
    private static readonly byte[] Block = ExifBlock.Of("ACME", "ACME Pocket 3", "2024:05:03 14:22:10", "+09:00", (35, 30, 36));

    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Date_place_and_camera_are_kept_with_the_picture_and_told_to_the_model()
    {
        byte[] jpeg;
        using (var image = Image.Black(32, 32))
            jpeg = image.JpegsaveBuffer();
        byte[] exif = [.. "Exif\0\0"u8, .. Block];
        var length = exif.Length + 2;
        var path = _rig.Folder.Write(
            "a.jpg", [0xFF, 0xD8, 0xFF, 0xE1, (byte)(length >> 8), (byte)length, .. exif, .. jpeg.AsSpan(2)]);

        var media = await _rig.DescribeAsync(path);

        Assert.Equal(
            new MediaCapture
            {
                TakenAt = "2024-05-03T14:22:10+09:00",
                Latitude = -35.51,
                Longitude = 139.733611,
                AltitudeMetres = 40.5,
                Camera = "ACME Pocket 3",
            },
            media.Capture);
        var hint = CaptureHints.Of(media);
        Assert.Contains("taken at 2024-05-03T14:22:10+09:00\n", hint, StringComparison.Ordinal);
        Assert.Contains("at 35.51° S, 139.733611° E, 40.5 m above the sea\n", hint, StringComparison.Ordinal);
        Assert.Contains("with ACME Pocket 3", hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_camera_wrote_into_a_tiff_is_kept_too()
    {
        byte[] tiff;
        using (var image = Image.Black(32, 32))
            tiff = image.TiffsaveBuffer();
        var path = _rig.Folder.Write("a.tif", WithCapture(tiff));

        var media = await _rig.DescribeAsync(path);

        Assert.Equal((32, "2024-05-03T14:22:10+09:00"), (media.Width, media.Capture?.TakenAt));
    }

    [Fact]
    public void A_tiff_whose_directories_lead_through_all_of_it_is_read_to_a_limit()
    {
        var path = _rig.Folder.Write("bomb.tif", [.. ExifBlock.Flood(10_000, 2_000_000), .. new byte[30_000_000]]);
        var before = GC.GetTotalAllocatedBytes(precise: true);

        CaptureReader.ReadTiff(path);

        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 1L << 30);
    }

    [Fact]
    public async Task A_picture_without_such_a_block_has_none()
    {
        using (var image = Image.Black(32, 32))
            image.WriteToFile(_rig.Folder["a.png"]);

        var media = await _rig.DescribeAsync(_rig.Folder["a.png"]);

        Assert.Null(media.Capture);
        Assert.Null(CaptureHints.Of(media));
    }

    [Fact]
    public void The_block_of_a_file_of_another_kind_is_found_near_its_start_or_end()
    {
        byte[] block = [.. "Exif\0\0"u8, .. Block];
        var start = _rig.Folder.Write("start.heic", [.. new byte[100], .. block, .. new byte[3_000_000]]);
        var end = _rig.Folder.Write("end.heic", [.. new byte[3_000_000], .. block, .. new byte[100]]);

        Assert.Equal("ACME Pocket 3", CaptureReader.Read(CaptureReader.FindBlock(start))?.Camera);
        Assert.Equal("ACME Pocket 3", CaptureReader.Read(CaptureReader.FindBlock(end))?.Camera);
        Assert.True(CaptureReader.FindBlock(_rig.Folder.Write("none.heic", new byte[100])).IsEmpty);
    }

    [Theory]
    [InlineData("0000:00:00 00:00:00")]
    [InlineData("2024-05-03")]
    [InlineData("yesterday")]
    public void A_date_that_is_none_is_not_told(string date) =>
        Assert.Null(CaptureReader.Read(ExifBlock.Of("a", "b", date, "Z", (1, 2, 3)))!.TakenAt);

    [Fact]
    public void Words_of_a_camera_are_harmless_and_short()
    {
        var camera = CaptureReader.Read(ExifBlock.Of("\u001b[31m", new string('x', 400), "", "", (1, 2, 3)))!.Camera!;

        Assert.InRange(camera.Length, 1, 100);
        Assert.DoesNotContain(camera, char.IsControl);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_block_that_was_made_to_harm_takes_little_memory_and_ends(int kind)
    {
        var bomb = kind switch
        {
            0 => ExifBlock.Nested(7_000),
            1 => ExifBlock.Flood(10_000, uint.MaxValue),
            2 => ExifBlock.Flood(10_000, 100_000),
            3 => ExifBlock.Flood(10_000, 1),
            4 => [.. Block.AsSpan(0, 40)],
            _ => [.. "II*\0\u0008\0\0\0"u8, .. Enumerable.Repeat((byte)0xFF, 100_000)],
        };
        var before = GC.GetTotalAllocatedBytes(precise: true);

        CaptureReader.Read(bomb);

        Assert.InRange(bomb.Length, 1, CaptureReader.MaxBytes);
        // All that was ever allocated, not what was held at once.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 2L << 30);
    }

    // The picture's directory once more at the end, with an entry that leads to a directory with a date behind it.
    private static byte[] WithCapture(byte[] tiff)
    {
        var first = BitConverter.ToInt32(tiff, 4);
        var count = BitConverter.ToUInt16(tiff, first);
        var directory = new MemoryStream();
        directory.Write(BitConverter.GetBytes((ushort)(count + 1)));
        directory.Write(tiff, first + 2, count * 12);
        var end = tiff.Length + 2 + ((count + 1) * 12) + 4;
        directory.Write([0x69, 0x87, 4, 0, 1, 0, 0, 0, .. BitConverter.GetBytes(end)]);
        directory.Write(new byte[4]);
        directory.Write([2, 0, 0x03, 0x90, 2, 0, 20, 0, 0, 0, .. BitConverter.GetBytes(end + 30)]);
        directory.Write([0x11, 0x90, 2, 0, 7, 0, 0, 0, .. BitConverter.GetBytes(end + 50)]);
        directory.Write([0, 0, 0, 0, .. "2024:05:03 14:22:10\0+09:00\0"u8]);
        byte[] whole = [.. tiff, .. directory.ToArray()];
        BitConverter.GetBytes(tiff.Length).CopyTo(whole, 4);
        return whole;
    }

    [Fact]
    public void A_block_beyond_the_limit_is_not_parsed() =>
        Assert.Null(CaptureReader.Read((byte[])[.. Block, .. new byte[CaptureReader.MaxBytes]]));
}
