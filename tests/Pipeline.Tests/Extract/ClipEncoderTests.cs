using CliWrap;
using CliWrap.Buffered;
using Qwen35Batch.Pipeline.Extract.Clips;
using Qwen35Batch.Pipeline.Tests.Acquire;
using Qwen35Batch.Pipeline.Tests.Prepare;

namespace Qwen35Batch.Pipeline.Tests.Extract;

public sealed class ClipEncoderTests : IDisposable
{
    private readonly MediaRig _rig = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Frames_become_a_video_in_which_each_keeps_its_time()
    {
        // None between 13 s and 15 s: the first of them stands until then.
        var frames = ((double, int)[])[(12, 40), (13, 120), (15, 200)];

        var video = await _rig.Get<ClipEncoder>().EncodeAsync(
            [.. frames.Select(frame => SegmentJobs.Picture(frame.Item2, seconds: frame.Item1, width: 100, height: 70))], new(12, 16), 1, Cancel);

        var path = _rig.Folder["clip.mp4"];
        await File.WriteAllBytesAsync(path, video, Cancel);
        var probe = await Cli.Wrap("ffprobe")
            .WithArguments(["-v", "error", "-show_entries", "stream=codec_name,width,height,r_frame_rate", "-of", "csv=p=0", path])
            .ExecuteBufferedAsync(Cancel);
        Assert.Equal("h264,96,64,1/1", probe.StandardOutput.Trim());
        using var pixels = new MemoryStream();
        await Cli.Wrap("ffmpeg")
            .WithArguments(["-v", "error", "-i", path, "-vf", "scale=1:1", "-f", "rawvideo", "-pix_fmt", "gray", "pipe:1"])
            .WithStandardOutputPipe(PipeTarget.ToStream(pixels))
            .ExecuteAsync(Cancel);
        Assert.Equal(4, pixels.Length);
        foreach (var (seen, expected) in pixels.ToArray().Zip((int[])[40, 120, 120, 200]))
            Assert.InRange(seen, expected - 6, expected + 6);
    }
}
