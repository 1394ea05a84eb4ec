using System.Buffers.Binary;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract;

/// <summary>An estimate is not believed: what is there is counted.</summary>
public sealed class DurationTests : IDisposable
{
    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    private static byte[] Joined(params string[] paths) => [.. paths.SelectMany(File.ReadAllBytes)];

    private Task<string> ToneAsync(string name, int seconds, params string[] coding) =>
        Ffmpeg.MakeAsync(["-f", "lavfi", "-i", $"sine=d={seconds}", .. coding, _rig.Folder[name]]);

    [Fact]
    public async Task An_MP3_without_a_length_is_as_long_as_its_frames()
    {
        // Silence takes a fraction of the bit rate of the noise, from which the length would be estimated.
        var path = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", "aevalsrc='lt(t,10)*(random(0)-0.5)':d=60", "-c:a", "libmp3lame", "-q:a", "2", "-write_xing", "0",
            _rig.Folder["a.mp3"]);

        Assert.InRange((await _rig.DescribeAsync(path)).DurationSeconds!.Value, 59.9, 60.15);
        Assert.Null(Assert.Single(await _rig.ExtractAsync(path)).Note);
    }

    [Fact]
    public async Task An_MP3_that_was_appended_to_is_read_to_its_end()
    {
        var (first, second) = (await ToneAsync("first.mp3", 4), await ToneAsync("second.mp3", 6));

        Assert.InRange(
            (await _rig.DescribeAsync(_rig.Folder.Write("joined.mp3", Joined(first, second)))).DurationSeconds!.Value, 9.9, 10.2);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue)]
    public async Task A_WAV_that_was_streamed_is_whole(uint length)
    {
        var bytes = await File.ReadAllBytesAsync(await ToneAsync("a.wav", 3), TestContext.Current.CancellationToken);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.AsSpan().IndexOf("data"u8) + 4), length);
        var path = _rig.Folder.Write("streamed.wav", bytes);

        Assert.Equal(3, (await _rig.DescribeAsync(path)).DurationSeconds!.Value, 0.05);
        var sound = Assert.Single(await _rig.ExtractAsync(path, wave: WaveOutput.Include));
        Assert.Null(sound.Note);
        Assert.InRange((sound.AudioWave!.Value.Length - 44) / 32_000.0, 2.95, 3.05);
    }

    [Theory]
    [InlineData("wav", "pcm_s16le")]
    [InlineData("ogg", "libvorbis")]
    [InlineData("opus", "libopus")]
    public async Task Joined_sound_is_read_through(string extension, string encoder)
    {
        string[] coding = ["-c:a", encoder];
        var first = await ToneAsync("1." + extension, 4, coding);
        var silence = await Ffmpeg.MakeAsync(["-f", "lavfi", "-i", "anullsrc=d=2", .. coding, _rig.Folder["2." + extension]]);
        var third = await ToneAsync("3." + extension, 3, coding);
        var path = _rig.Folder.Write("joined." + extension, Joined(first, silence, third));

        var media = await _rig.DescribeAsync(path);
        var spans = await _rig.ExtractAsync(path, new() { AudioSpanSeconds = 5 }, wave: WaveOutput.Include);

        Assert.Equal(9, media.DurationSeconds!.Value, 0.1);
        Assert.Equal(3, media.Recordings!.Count);
        Assert.Contains("joined from 3 recordings", media.Note, StringComparison.Ordinal);
        Assert.False(media.HasGaps);
        Assert.All(spans, span => Assert.Null(span.Note));
        Assert.InRange(spans.Sum(span => (span.AudioWave!.Value.Length - 44) / 32_000.0), 8.9, 9.1);
        var silent = spans.SelectMany(span => span.Audio!.Silence).ToList();
        Assert.InRange(silent[0].Start, 3.9, 4.1);
        Assert.InRange(silent[^1].End, 5.9, 6.1);
    }

    [Fact]
    public async Task Joined_transport_streams_are_read_through_with_times_that_go_on()
    {
        var first = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", Ffmpeg.Clock, "-t", "6", "-g", "10", "-c:v", "libx264", _rig.Folder["1.ts"]);
        var second = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", Ffmpeg.Clock, "-t", "5", "-g", "50", "-c:v", "libx264", _rig.Folder["2.ts"]);
        var path = _rig.Folder.Write("joined.ts", Joined(first, second));

        var media = await _rig.DescribeAsync(path);
        var clips = await _rig.ExtractAsync(path, new() { ClipSeconds = 4 });

        Assert.Equal(11, media.DurationSeconds!.Value, 0.1);
        Assert.Contains("joined from 2 recordings", media.Note, StringComparison.Ordinal);
        Assert.False(media.HasGaps);
        Assert.All(clips, clip => Assert.Null(clip.Note));
        var frames = clips.SelectMany(clip => clip.Pictures).ToList();
        Assert.Equal(Enumerable.Range(0, 11), frames.Select(frame => (int)Math.Round(frame.Seconds!.Value)));
        Assert.Equal([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4], frames.Select(Ffmpeg.ClockSecond));
    }

    [Fact]
    public async Task Joined_program_streams_are_read_through()
    {
        var first = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", Ffmpeg.Clock, "-t", "6", "-r", "25", "-c:v", "mpeg2video", _rig.Folder["1.mpg"]);
        var second = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", Ffmpeg.Clock, "-t", "5", "-r", "25", "-c:v", "mpeg2video", _rig.Folder["2.mpg"]);
        var path = _rig.Folder.Write("joined.mpg", Joined(first, second));

        var media = await _rig.DescribeAsync(path);
        var clips = await _rig.ExtractAsync(path, new() { ClipSeconds = 4, FramesPerSecond = 2 });

        Assert.Equal(11, media.DurationSeconds!.Value, 0.15);
        Assert.Contains("joined from 2 recordings", media.Note, StringComparison.Ordinal);
        Assert.All(clips, clip => Assert.Null(clip.Note));
        var seconds = clips.SelectMany(clip => clip.Pictures).Select(Ffmpeg.ClockSecond).ToList();
        Assert.Equal(
            [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4], seconds.Where((second, index) => index == 0 || second != seconds[index - 1]));
    }

    [Fact]
    public async Task A_program_stream_has_its_length_its_frames_and_its_sound()
    {
        var path = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", "testsrc2=s=160x128:r=25:d=12", "-f", "lavfi", "-i", "sine=d=12", "-c:v", "mpeg2video", "-c:a", "ac3",
            _rig.Folder["a.vob"]);

        var media = await _rig.DescribeAsync(path);
        var clips = await _rig.ExtractAsync(path, new() { ClipSeconds = 6, FramesPerSecond = 1 });

        Assert.Equal(12, media.DurationSeconds!.Value, 0.1);
        Assert.True(media.HasAudio);
        Assert.Equal([6, 6], clips.Select(clip => clip.Pictures.Count));
        Assert.All(clips, clip => Assert.Null(clip.Note));
        Assert.All(clips, clip => Assert.InRange(clip.Audio!.LoudnessLufs!.Value, -25, -20));
        Assert.All(clips, clip => Assert.Empty(clip.Audio!.Silence));
    }
}
