using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract.Clips;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract;

/// <summary>What the file itself says was spoken.</summary>
public sealed class SubtitleTests : IDisposable
{
    private const string Lines = """
        1
        00:00:00,500 --> 00:00:02,000
        <i>Good morning</i> &
        welcome.

        2
        00:00:04,800 --> 00:00:05,900
        見積書を送ります。

        3
        00:00:08,000 --> 00:00:09,500
        Good bye.

        """;

    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    private async Task<string> MakeAsync(string name, string coding, params string[] more)
    {
        var subtitles = _rig.Folder.Write("lines.srt", Lines);
        string[] codec = name.EndsWith(".webm", StringComparison.Ordinal) ? ["libvpx", "-deadline", "realtime"] : ["libx264", "-g", "20"];
        return await Ffmpeg.MakeAsync(
            [
                "-f", "lavfi", "-i", Ffmpeg.Clock, "-i", subtitles, "-map", "0", "-map", "1", "-t", "10",
                "-c:v", .. codec, "-c:s", coding, .. more, _rig.Folder[name],
            ]);
    }

    [Theory]
    [InlineData("a.mkv", "srt")]
    [InlineData("a.mkv", "ass")]
    [InlineData("a.webm", "webvtt")]
    [InlineData("a.mp4", "mov_text")]
    [InlineData("a.mov", "mov_text")]
    public async Task Subtitles_of_every_coding_of_text_come_with_their_times(string name, string coding)
    {
        var path = await MakeAsync(name, coding, "-metadata:s:s:0", "language=jpn");

        var clips = await _rig.ExtractAsync(path, new() { ClipSeconds = 5 }, wave: WaveOutput.Include);

        Assert.All(clips, clip => Assert.Equal("jpn", clip.Subtitles!.Language));
        Assert.Equal([new(0.5, 2, "Good morning & welcome.")], clips[0].Subtitles!.Lines, Near);
        // That across both clips is told in the one that has more of it.
        Assert.Equal([new(5, 5.9, "見積書を送ります。"), new(8, 9.5, "Good bye.")], clips[1].Subtitles!.Lines, Near);
        Assert.All(clips, clip => Assert.Null(clip.Note));
    }

    [Fact]
    public async Task A_span_without_subtitles_has_none()
    {
        var path = await MakeAsync("a.mkv", "srt");

        var clips = await _rig.ExtractAsync(path, new() { ClipSeconds = 2 });

        Assert.Equal([true, false, true, false, true], clips.Select(clip => clip.Subtitles is not null));
    }

    [Theory]
    [InlineData("de", 3)]
    [InlineData("ja-JP", 2)]
    [InlineData("fr", 4)]
    [InlineData(null, 4)]
    public void The_track_is_that_of_the_answers_language_else_the_files_own_choice(string? language, int stream)
    {
        TextTrack[] tracks = [new(2, "jpn", false), new(3, "ger", false), new(4, "eng", true)];

        Assert.Equal(stream, SubtitleChoice.Choose(tracks, language)!.Stream);
    }

    [Fact]
    public async Task Sound_is_not_taken_out_for_a_transcription_where_subtitles_say_what_was_spoken()
    {
        var subtitles = _rig.Folder.Write("lines.srt", Lines);
        var path = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", Ffmpeg.Clock, "-f", "lavfi", "-i", "sine", "-i", subtitles, "-map", "0", "-map", "1", "-map", "2", "-t",
            "10",
            "-c:v", "libx264", "-c:s", "srt", _rig.Folder["a.mkv"]);

        var clips = await _rig.ExtractAsync(path, new() { ClipSeconds = 2 }, wave: WaveOutput.Include);

        Assert.Equal([true, false, true, false, true], clips.Select(clip => clip.AudioWave is null));
        Assert.All(clips, clip => Assert.NotNull(clip.Audio));
    }

    private static bool Near(SubtitleLine left, SubtitleLine right) =>
        left.Text == right.Text && Math.Abs(left.Start - right.Start) < 0.02 && Math.Abs(left.End - right.End) < 0.02;
}
