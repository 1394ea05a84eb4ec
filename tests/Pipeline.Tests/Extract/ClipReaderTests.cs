using System.Text;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Extract;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract;

public sealed class ClipReaderTests : IDisposable
{
    private static readonly MediaSettings TwoClips = new() { ClipSeconds = 5, FramesPerSecond = 1 };
    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    private static IEnumerable<double> Seconds(IEnumerable<ExtractedSegment> clips) =>
        clips.SelectMany(clip => clip.Pictures).Select(picture => picture.Seconds!.Value);

    /// <summary>The share of pixels that are red.</summary>
    private static double Red(Picture picture)
    {
        var pixels = picture.Pixmap.Span[^(picture.Width * picture.Height * 3)..];
        var red = 0;
        for (var at = 0; at < pixels.Length; at += 3)
            red += pixels[at] > 128 ? 1 : 0;
        return (double)red / (picture.Width * picture.Height);
    }

    [Theory]
    [InlineData("a.mp4", "video/mp4")]
    [InlineData("a.mov", "video/quicktime")]
    [InlineData("a.mkv", "video/matroska")]
    [InlineData("a.avi", "video/x-msvideo")]
    [InlineData("a.ts", "video/mp2t")]
    [InlineData("a.mpg", "video/mp2p")]
    [InlineData("a.vob", "video/mp2p")]
    public async Task Frames_carry_their_times_from_the_start_of_the_media_in_every_container(string name, string mediaType)
    {
        // AVI stores no presentation times, so it cannot hold frames out of order.
        string[] codec = name switch
        {
            "a.avi" => ["mpeg4"],
            "a.mpg" => ["mpeg1video", "-bf", "2", "-r", "25"],
            "a.vob" => ["mpeg2video", "-bf", "2", "-r", "25"],
            _ => ["libx264", "-bf", "2"],
        };
        var path = await Ffmpeg.MakeAsync(["-f", "lavfi", "-i", Ffmpeg.Clock, "-t", "10", "-g", "25", "-c:v", .. codec, _rig.Folder[name]]);

        var media = await _rig.DescribeAsync(path);
        var clips = await _rig.ExtractAsync(path, TwoClips);

        Assert.Equal(
            (MediaKind.Video, mediaType, 160, 120, false), (media.Kind, media.MediaType, media.Width, media.Height, media.HasAudio));
        Assert.Equal([5, 5], clips.Select(clip => clip.Pictures.Count));
        foreach (var picture in clips.SelectMany(clip => clip.Pictures))
            Assert.Equal((int)(picture.Seconds!.Value + 1e-3), Ffmpeg.ClockSecond(picture));
        Assert.All(Seconds(clips).Select((second, index) => second - index), difference => Assert.InRange(difference, -0.001, 0.2));
        Assert.All(clips, clip => Assert.Null(clip.Note));
    }

    [Fact]
    public async Task A_frame_is_a_whole_pixmap_within_the_limit_of_pixels()
    {
        var path = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", "testsrc=s=640x360:d=1", "-pix_fmt", "yuv420p", _rig.Folder["it's \"b\".mp4"]);

        var picture = (await _rig.ExtractAsync(path, new() { MaxFramePixels = 57_600 }))[0].Pictures[0];

        // As the model's processor keeps it: sides of whole patches.
        Assert.Equal((320, 192), (picture.Width, picture.Height));
        Assert.True(picture.Pixmap.Span.StartsWith("P6\n320 192\n255\n"u8));
        Assert.Equal(15 + (320 * 192 * 3), picture.Pixmap.Length);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(picture.Pixmap.Span)), picture.Sha256);
    }

    [Fact]
    public async Task A_variable_frame_rate_keeps_the_decoders_times()
    {
        var path = await Ffmpeg.MakeAsync(
            "-f",
            "lavfi",
            "-i",
            "testsrc=s=64x64:r=30:d=20",
            "-vf",
            "select='gt(random(7)\\,0.93)'",
            "-fps_mode",
            "vfr",
            "-pix_fmt",
            "yuv420p",
            _rig.Folder["variable.mkv"]);
        var absolute = await Ffmpeg.FrameTimesAsync(path);
        var times = absolute.Select(time => time - absolute[0]).ToArray();

        var selected = Seconds(await _rig.ExtractAsync(path, new() { ClipSeconds = 7, FramesPerSecond = 0.5 })).ToList();

        var expected = times
            .GroupBy(time => (Clip: Math.Min((int)(time / 7), 2), Interval: (int)((time - (Math.Min((int)(time / 7), 2) * 7)) * 0.5)))
            .Select(interval => interval.First());
        Assert.Equal(expected, selected, (left, right) => Math.Abs(left - right) < 0.0011);
    }

    [Theory]
    [InlineData("a.ts", "libx264", "70")]
    [InlineData("a.ts", "mpeg2video", "150")]
    [InlineData("a.mpg", "mpeg2video", "150")]
    [InlineData("a.ogv", "libtheora", "64")]
    public async Task No_frame_is_lost_where_a_seek_lands_behind_the_clip(string name, string encoder, string distance)
    {
        // MPEG-2 in a program stream knows few rates.
        var rate = name == "a.mpg" ? 25 : 10;
        var path = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", $"testsrc2=s=160x120:r={rate}", "-f", "lavfi", "-i", "sine", "-t", "50", "-c:v", encoder, "-g", distance,
            "-keyint_min", distance, "-sc_threshold", "0", _rig.Folder[name]);

        var clips = await _rig.ExtractAsync(path, new() { ClipSeconds = 10, FramesPerSecond = 1 });

        Assert.Equal([10, 10, 10, 10, 10], clips.Select(clip => clip.Pictures.Count));
        Assert.All(Seconds(clips).Select((second, index) => second - index), difference => Assert.InRange(difference, -0.001, 0.2));
        Assert.All(clips, clip => Assert.Null(clip.Note));
    }

    [Fact]
    public async Task Frames_keep_their_proportions_where_the_video_changes_its_size()
    {
        var wide = await Ffmpeg.MakeAsync("-f", "lavfi", "-i", "color=red:s=320x160:r=10:d=4", "-pix_fmt", "yuv420p", _rig.Folder["1.ts"]);
        var tall = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", "color=red:s=80x160:r=10:d=4", "-output_ts_offset", "4", "-pix_fmt", "yuv420p", _rig.Folder["2.ts"]);
        var path = _rig.Folder.Write("changing.ts", [.. File.ReadAllBytes(wide), .. File.ReadAllBytes(tall)]);

        var clip = Assert.Single(await _rig.ExtractAsync(path));

        Assert.Equal(Enumerable.Range(0, 8), clip.Pictures.Select(picture => (int)Math.Round(picture.Seconds!.Value)));
        Assert.All(clip.Pictures, picture => Assert.Equal((320, 160), (picture.Width, picture.Height)));
        Assert.Matches(@"change at 4\.\d s \(320 × 160 to 80 × 160\)", clip.Note);
        Assert.Equal(1, Red(clip.Pictures[1]), 0.01);
        Assert.Equal(0.25, Red(clip.Pictures[^2]), 0.02);
    }

    [Fact]
    public async Task Fields_that_were_taken_at_two_times_are_not_combed()
    {
        // A white bar that moves 8 pixels between the fields of a frame.
        var path = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", @"color=black:s=320x240:r=50:d=2,geq=lum='if(between(X-mod(N*8\,240)\,0\,40)\,235\,16)':cb=128:cr=128,"
                + "format=yuv420p,tinterlace=interleave_top,fieldorder=tff",
            "-c:v", "libx264", "-flags", "+ildct+ilme", _rig.Folder["fields.mkv"]);

        var picture = Assert.Single(await _rig.ExtractAsync(path)).Pictures[1];

        var pixels = picture.Pixmap.Span[^(320 * 240 * 3)..];
        var combed = 0;
        for (var y = 2; y < 238; y++)
        {
            for (var x = 0; x < 320; x++)
            {
                var (above, here, below) = (
                    pixels[(((y - 1) * 320) + x) * 3], pixels[((y * 320) + x) * 3], pixels[(((y + 1) * 320) + x) * 3]);
                if (Math.Abs(above - here) > 100 && Math.Abs(below - here) > 100)
                    combed++;
            }
        }

        Assert.InRange(combed, 0, 200);
    }

    [Fact]
    public async Task A_turned_video_is_shown_upright()
    {
        var path = await Ffmpeg.MakeAsync(
            "-f",
            "lavfi",
            "-i",
            "color=red:s=160x60:r=5:d=1,drawbox=x=0:y=0:w=80:h=60:color=blue:t=fill",
            "-pix_fmt",
            "yuv420p",
            _rig.Folder["turned.mp4"]);
        Ffmpeg.Turn(path);

        var media = await _rig.DescribeAsync(path);
        var picture = (await _rig.ExtractAsync(path))[0].Pictures[0];

        Assert.Equal((60, 160), (media.Width, media.Height));
        Assert.Equal((64, 160), (picture.Width, picture.Height));
        var pixels = picture.Pixmap.Span[^(64 * 160 * 3)..];
        Assert.True(pixels[2] > 200 && pixels[^3] > 200, "The left half, blue, must be on top, and red below.");
    }

    [Fact]
    public async Task Pixels_that_are_not_square_are_stretched()
    {
        var path = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", "testsrc=s=100x100:d=1,setsar=2", "-pix_fmt", "yuv420p", _rig.Folder["wide.mp4"]);

        var picture = (await _rig.ExtractAsync(path))[0].Pictures[0];

        Assert.Equal((192, 96), (picture.Width, picture.Height));
    }

    [Fact]
    public async Task High_dynamic_range_is_tone_mapped()
    {
        string[] source = ["-f", "lavfi", "-i", "color=gray:s=64x64:d=1", "-c:v", "libx264", "-pix_fmt", "yuv420p10le"];
        var plain = await Ffmpeg.MakeAsync([.. source, _rig.Folder["plain.mp4"]]);
        var bright = await Ffmpeg.MakeAsync(
            [.. source, "-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc", _rig.Folder["hdr.mp4"]]);

        Assert.False((await _rig.DescribeAsync(plain)).IsHighDynamicRange);
        Assert.True((await _rig.DescribeAsync(bright)).IsHighDynamicRange);
        var plainPicture = (await _rig.ExtractAsync(plain))[0].Pictures[0];
        var mapped = (await _rig.ExtractAsync(bright))[0].Pictures[0];
        Assert.NotEqual(plainPicture.Sha256, mapped.Sha256);
    }

    [Fact]
    public async Task A_video_whose_rest_was_never_written_is_never_silently_complete()
    {
        var bytes = await TwentySecondsAsync("mp4");
        bytes.AsSpan(bytes.Length * 7 / 20).Clear();
        var cut = _rig.Folder.Write("cut.mp4", bytes);

        var media = await _rig.DescribeAsync(cut);
        var plan = SegmentPlanner.Plan(media, TwoClips, new());
        var extractor = _rig.Get<SegmentExtractor>();
        Task<ExtractedSegment> Extract(int number) =>
            extractor.ExtractAsync(media, plan[number], TwoClips, new(), WaveOutput.Omit, TestContext.Current.CancellationToken);

        Assert.Equal(20, media.DurationSeconds!.Value, 0.01);
        Assert.Null((await Extract(0)).Note);
        var second = await Extract(1);
        Assert.Matches(@"breaks off at [67]\.\d s of 20\.0 s", second.Note);
        Assert.True(second.HasGaps);
        Assert.NotEmpty(second.Pictures);
        var gone = await Assert.ThrowsAsync<MediaRejectedException>(() => Extract(3));
        Assert.Equal(RejectionReason.CorruptMedia, gone.Reason);
    }

    [Theory]
    [InlineData("mp4")]
    [InlineData("mkv")]
    [InlineData("webm")]
    public async Task A_video_that_breaks_off_ends_where_it_does_and_says_what_is_missing(string container)
    {
        var bytes = await TwentySecondsAsync(container);
        var cut = _rig.Folder.Write("cut." + container, bytes.AsSpan(0, bytes.Length * 7 / 20));

        var media = await _rig.DescribeAsync(cut);

        Assert.InRange(media.DurationSeconds!.Value, 5, 8);
        var note = Assert.Single(media.Notes!);
        Assert.Matches(@"^The file breaks off: of the 20\.0 s that it should have, [567]\.\d s are there\.$", note.Text);
        Assert.True(note.IsGap);
        var clips = await _rig.ExtractAsync(cut, TwoClips);
        Assert.Equal(2, clips.Count);
        Assert.All(clips, clip => Assert.DoesNotContain("does not change", clip.Note ?? "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mp4", "not a box at all")]
    [InlineData("mkv", "anything")]
    public async Task Junk_behind_a_whole_video_shortens_nothing(string container, string junk)
    {
        var bytes = await TwentySecondsAsync(container);

        var media = await _rig.DescribeAsync(_rig.Folder.Write("junk." + container, [.. bytes, .. Encoding.ASCII.GetBytes(junk)]));

        Assert.Equal(20, media.DurationSeconds!.Value, 0.05);
        Assert.Null(media.Notes);
    }

    [Fact]
    public async Task A_video_without_its_index_is_corrupt()
    {
        var whole = await Ffmpeg.MakeAsync("-f", "lavfi", "-i", "testsrc=s=320x240:d=5", "-pix_fmt", "yuv420p", _rig.Folder["whole.mp4"]);
        var bytes = await File.ReadAllBytesAsync(whole, TestContext.Current.CancellationToken);

        var refused = await _rig.RejectsAsync(_rig.Folder.Write("cut.mp4", bytes.AsSpan(0, bytes.Length / 2)));

        Assert.Equal(RejectionReason.CorruptMedia, refused.Reason);
        Assert.Contains("(moov atom not found)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_that_stands_still_through_a_clip_is_shown_from_its_beginning_on()
    {
        // Frames at 0, 1 and 2 s, then none until 11 s.
        var path = await Ffmpeg.MakeAsync(
            "-f",
            "lavfi",
            "-t",
            "12",
            "-i",
            Ffmpeg.Clock,
            "-vf",
            "select='eq(n\\,0)+eq(n\\,10)+eq(n\\,20)+eq(n\\,110)'",
            "-fps_mode",
            "vfr",
            _rig.Folder["screen.mkv"]);

        var clips = await _rig.ExtractAsync(path, new() { ClipSeconds = 4 });

        Assert.Equal([0, 1, 2], Seconds(clips.Take(1)));
        var still = clips[1];
        Assert.Equal(4, Assert.Single(still.Pictures).Seconds);
        Assert.Equal(2, Ffmpeg.ClockSecond(still.Pictures[0]));
        Assert.Contains("does not change", still.Note, StringComparison.Ordinal);
        Assert.False(still.HasGaps);
    }

    [Fact]
    public async Task A_recording_without_a_duration_is_measured()
    {
        var path = await Ffmpeg.MakeAsync(
            "-f",
            "lavfi",
            "-i",
            Ffmpeg.Clock,
            "-t",
            "4",
            "-c:v",
            "libvpx",
            "-deadline",
            "realtime",
            "-f",
            "webm",
            "-live",
            "1",
            _rig.Folder["live.webm"]);

        var media = await _rig.DescribeAsync(path);

        Assert.Equal("video/webm", media.MediaType);
        Assert.InRange(media.DurationSeconds!.Value, 3.8, 4.1);
    }

    [Fact]
    public async Task Frames_larger_than_allowed_are_refused_before_they_are_decoded()
    {
        using var rig = new MediaRig(options => options.MaxPixels = 10_000);
        var path = await Ffmpeg.MakeAsync("-f", "lavfi", "-i", "testsrc=s=160x120:d=1", "-pix_fmt", "yuv420p", rig.Folder["a.mp4"]);

        Assert.NotNull((await rig.RejectsAsync(path)).Message);
    }

    [Fact]
    public async Task Cancellation_ends_ffmpeg()
    {
        var path = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", "testsrc2=s=640x480:r=30:d=20", "-pix_fmt", "yuv420p", "-preset", "ultrafast", _rig.Folder["long.mp4"]);
        var media = await _rig.DescribeAsync(path);
        using var cancelled = new CancellationTokenSource();
        var running = _rig.Get<SegmentExtractor>().ExtractAsync(
            media,
            new() { Number = 0, Kind = SegmentKind.Clip, StartSeconds = 0, EndSeconds = 20 },
            new(),
            new() { FramesPerSecond = 30 },
            WaveOutput.Omit,
            cancelled.Token);

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(Processes.Mentioning(media.Sha256));
    }

    private async Task<byte[]> TwentySecondsAsync(string container)
    {
        string[] coding = container == "webm" ? ["-c:v", "libvpx", "-deadline", "realtime"] : ["-c:v", "libx264", "-preset", "ultrafast"];
        string[] first = container == "mp4" ? ["-movflags", "+faststart"] : [];
        var path = await Ffmpeg.MakeAsync(
            ["-f", "lavfi", "-i", "testsrc2=s=320x240:r=10:d=20", .. coding, "-pix_fmt", "yuv420p", "-g", "10", .. first,
                _rig.Folder["whole." + container]]);
        return await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
    }
}
