using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract.Clips;
using Qwen35Batch.Pipeline.Prepare;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract;

/// <summary>When, where and with what a video was recorded, as its container says.</summary>
public sealed class ClipCaptureTests : IDisposable
{
    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Date_place_and_camera_of_a_phone_are_kept_and_told_to_the_model()
    {
        var path = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", "color=c=red:s=64x48:d=1:r=5", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "use_metadata_tags",
            "-metadata", "creation_time=2024-05-03T05:22:10Z", "-metadata", "com.apple.quicktime.creationdate=2024-05-03T14:22:10+0900",
            "-metadata", "com.apple.quicktime.location.ISO6709=+35.6586+139.7454+012.3/", "-metadata", "com.apple.quicktime.make=ACME",
            "-metadata", "com.apple.quicktime.model=Phone 5", _rig.Folder["a.mov"]);

        var media = await _rig.DescribeAsync(path);

        Assert.Equal(
            new MediaCapture
            {
                TakenAt = "2024-05-03T14:22:10+09:00",
                Latitude = 35.6586,
                Longitude = 139.7454,
                AltitudeMetres = 12.3,
                Camera = "ACME Phone 5",
            },
            media.Capture);
        Assert.Contains("taken at 2024-05-03T14:22:10+09:00\n", CaptureHints.Of(media), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_mp4_has_the_time_in_its_header_and_a_place_among_its_tags()
    {
        var path = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", "color=c=red:s=64x48:d=1:r=5", "-c:v", "libx264", "-pix_fmt", "yuv420p",
            "-metadata", "creation_time=2024-05-03T05:22:10Z", "-metadata", "location=-33.8568+151.2153/", _rig.Folder["a.mp4"]);

        var capture = (await _rig.DescribeAsync(path)).Capture!;

        Assert.Equal(("2024-05-03T05:22:10+00:00", -33.8568, 151.2153), (capture.TakenAt, capture.Latitude, capture.Longitude));
    }

    [Theory]
    [InlineData("+35.5+139.75/", 35.5, 139.75, null)]
    [InlineData("+3530-13945.0-5/", 35.5, -139.75, -5.0)]
    [InlineData("-353006.0+1394500CRSWGS_84/", -35.501667, 139.75, null)]
    [InlineData("+95.0+139.0/", null, null, null)]
    [InlineData("+00.0000+000.0000/", null, null, null)]
    [InlineData("+355+139.75/", null, null, null)]
    [InlineData("somewhere", null, null, null)]
    public void Places_are_read_in_every_form_of_the_standard(string written, double? latitude, double? longitude, double? altitude)
    {
        var capture = ClipCapture.Of([new("location", written), new("make", "a")])!;

        Assert.Equal((latitude, longitude, altitude), (capture.Latitude, capture.Longitude, capture.AltitudeMetres));
    }

    [Theory]
    [InlineData("1904-01-01T00:00:00Z")]
    [InlineData("1970-01-01T00:00:00.000000Z")]
    [InlineData("last week")]
    public void A_clock_that_was_never_set_and_what_is_no_date_are_not_told(string written) =>
        Assert.Null(ClipCapture.Of([new("creation_time", written)]));

    [Fact]
    public void A_file_without_such_tags_has_none() => Assert.Null(ClipCapture.Of([new("encoder", "x")]));
}
