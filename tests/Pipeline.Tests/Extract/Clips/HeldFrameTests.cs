using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract;
using Qwen35Batch.Pipeline.Extract.Clips;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract.Clips;

/// <summary>Screen recordings and the like: a frame comes when the picture changes, and stands until the next.</summary>
public sealed class HeldFrameTests : IDisposable
{
    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    /// <summary>A film of colours, each with one frame at each of its times.</summary>
    private async Task<MediaDescription> FilmAsync(string name, params (string Colour, double From, double Step, int Frames)[] parts)
    {
        string[] inputs = [.. parts.SelectMany(part => new[] { "-f", "lavfi", "-i", $"color={part.Colour}:s=64x48:r=1:d={part.Frames}" })];
        var times = parts.Select((part, index) => FormattableString.Invariant($"[{index}]setpts=({part.From}+N*{part.Step})/TB[p{index}]"));
        var joined = string.Concat(parts.Select((_, index) => $"[p{index}]"));
        // A time base of a second would round.
        var graph = string.Join(';', times).Replace("]setpts", "]settb=1/1000,setpts", StringComparison.Ordinal)
            + $";{joined}interleave={parts.Length}";
        return await _rig.DescribeAsync(await Ffmpeg.MakeAsync(
            [
                .. inputs, "-filter_complex", graph, "-fps_mode", "vfr", "-enc_time_base", "1/1000", "-pix_fmt", "yuv420p",
                _rig.Folder[name],
            ]));
    }

    /// <summary>The frames of each clip, read with all others and alone, which must be the same.</summary>
    private async Task<IReadOnlyList<string>> ShownAsync(MediaDescription media, MediaSettings settings)
    {
        var token = TestContext.Current.CancellationToken;
        var plan = SegmentPlanner.Plan(media, settings, new());
        _rig.Started.Clear();
        var clips = await Task.WhenAll(
            plan.Select(each => _rig.Get<SegmentExtractor>().ExtractAsync(media, each, settings, new(), WaveOutput.Omit, token)));
        Assert.Single(_rig.Started.Of("ffmpeg"));

        foreach (var (segment, clip) in plan.Zip(clips))
        {
            var alone = await _rig.Get<ClipReader>().ReadAsync(
                _rig.Store.PathOf(media.Sha256), media, new(segment.StartSeconds!.Value, segment.EndSeconds!.Value),
                settings.FramesPerSecond, settings.MaxFramePixels, token);
            Assert.Equal(Shown(alone), Shown(clip));
            Assert.Equal(alone.Notes, clip.Notes);
            Assert.False(clip.HasGaps);
        }

        return [.. clips.Select(Shown)];
    }

    private static string Shown(ExtractedSegment clip) => string.Join(
        ", ", clip.Pictures.Select(picture => FormattableString.Invariant($"{Colour(picture)} {picture.Seconds:0.###}")));

    private static string Colour(Picture picture)
    {
        var (red, green, blue) = (picture.Pixmap.Span[^3], picture.Pixmap.Span[^2], picture.Pixmap.Span[^1]);
        return red > 128 ? "red" : green > 64 ? "green" : blue > 128 ? "blue" : "black";
    }

    [Theory]
    [InlineData("a.mp4")]
    [InlineData("a.mkv")]
    public async Task What_is_shown_through_an_interval_without_a_new_frame_is_given_once_in_each_clip(string name)
    {
        var media = await FilmAsync(name, ("red", 0, 0.05, 39), ("green", 1.95, 0.05, 1), ("blue", 8, 0.05, 40));

        Assert.Equal(
            ["red 0, red 1, green 2", "green 5, blue 8, blue 9"], await ShownAsync(media, new() { ClipSeconds = 5, FramesPerSecond = 1 }));
    }

    [Fact]
    public async Task A_frame_that_comes_late_in_an_interval_does_not_displace_what_is_shown_before()
    {
        var media = await FilmAsync(
            "a.mkv", ("red", 0, 0.05, 39), ("green", 1.95, 0.05, 1), ("blue", 2.9, 0.05, 40), ("red", 4.9, 0.05, 42));

        Assert.Equal(
            ["red 0, red 1, green 2, blue 3", "blue 4, red 5, red 6"],
            await ShownAsync(media, new() { ClipSeconds = 4, FramesPerSecond = 1 }));
    }

    [Fact]
    public async Task A_frame_is_held_through_whole_clips_whose_intervals_do_not_fill_them()
    {
        var media = await FilmAsync("a.mkv", ("red", 0, 0.1, 29), ("green", 2.9, 0.1, 1), ("blue", 16.5, 0.1, 45));

        Assert.Equal(
            ["red 0, red 2, green 4", "green 7", "green 14, blue 16.5, blue 18, blue 20"],
            await ShownAsync(media, new() { ClipSeconds = 7, FramesPerSecond = 0.5 }));
    }

    [Theory]
    [InlineData("24000/1001", 1)]
    [InlineData("30", 1)]
    [InlineData("3/2", 1)]
    [InlineData("2/5", 1)]
    [InlineData("25", 12)]
    [InlineData("10", 3)]
    public async Task A_constant_rate_gives_the_first_frame_of_each_interval(string rate, double fps)
    {
        var path = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", $"testsrc=s=64x48:r={rate}:d=13", "-pix_fmt", "yuv420p", _rig.Folder["a.mp4"]);
        var times = await Ffmpeg.FrameTimesAsync(path);

        var clips = await _rig.ExtractAsync(path, new() { ClipSeconds = 5, FramesPerSecond = fps });

        var expected = times
            .GroupBy(time => (Clip: Clip(time), Interval: (int)(((time - (Clip(time) * 5)) * fps) + 1e-3)))
            .Select(interval => interval.First());
        Assert.Equal(
            expected, clips.SelectMany(clip => clip.Pictures).Select(picture => picture.Seconds!.Value),
            (left, right) => Math.Abs(left - right) < 2e-6);

        int Clip(double time) => Math.Min((int)((time + 5e-4) / 5), clips.Count - 1);
    }
}
