using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract;

/// <summary>Only what is used decides; what is passed over is named.</summary>
public sealed class TrackTests : IDisposable
{
    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    private Task<string> WithSoundAsync(string name, params string[] sound) => Ffmpeg.MakeAsync(
        ["-f", "lavfi", "-i", Ffmpeg.Clock, "-f", "lavfi", "-i", "sine=d=3", "-t", "3", "-c:v", "libx264", .. sound, _rig.Folder[name]]);

    [Theory]
    [InlineData("dca.mkv", "dca", "DTS")]
    [InlineData("truehd.mkv", "truehd", "TrueHD")]
    public async Task A_sound_track_that_is_not_read_does_not_refuse_the_video(string name, string encoder, string called)
    {
        var path = await WithSoundAsync(name, "-c:a", encoder, "-strict", "-2");

        var media = await _rig.DescribeAsync(path);
        var clip = Assert.Single(await _rig.ExtractAsync(path));

        Assert.Equal((MediaKind.Video, false), (media.Kind, media.HasAudio));
        Assert.Contains(called, media.Note, StringComparison.Ordinal);
        Assert.Contains("not read", media.Note, StringComparison.Ordinal);
        Assert.True(media.HasGaps);
        Assert.Equal(3, clip.Pictures.Count);
        Assert.Null(clip.Note);
    }

    [Fact]
    public async Task Behind_a_sound_track_that_is_not_read_the_next_one_is()
    {
        var path = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", Ffmpeg.Clock, "-f", "lavfi", "-i", "anullsrc", "-f", "lavfi", "-i", "sine", "-t", "3",
            "-map", "0", "-map", "1", "-map", "2", "-c:v", "libx264", "-c:a:0", "dca", "-strict", "-2", "-c:a:1", "aac",
            _rig.Folder["two.mkv"]);

        var media = await _rig.DescribeAsync(path);
        var clip = Assert.Single(await _rig.ExtractAsync(path));

        Assert.Equal((true, 2), (media.HasAudio, media.AudioStream));
        Assert.Contains("2 sound tracks", media.Note, StringComparison.Ordinal);
        Assert.True(media.HasGaps);
        Assert.NotNull(clip.Audio!.LoudnessLufs);
    }

    [Fact]
    public async Task Subtitles_that_are_pictures_are_named()
    {
        var subtitles = _rig.Folder.Write("a.srt", "1\n00:00:00,500 --> 00:00:02,000\nHello\n");
        var path = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", Ffmpeg.Clock, "-i", subtitles, "-t", "3", "-c:v", "libx264", "-c:s", "srt", _rig.Folder["text.mkv"]);
        // The coding's name is replaced in the file: there is no encoder from text to pictures.
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        var name = bytes.AsSpan().IndexOf("S_TEXT/UTF8"u8);
        "S_HDMV/PGS\0"u8.CopyTo(bytes.AsSpan(name));

        var media = await _rig.DescribeAsync(_rig.Folder.Write("drawn.mkv", bytes));

        Assert.Matches("1 subtitle track is coded as .*(PGS|Graphic).*not read", media.Note);
        Assert.Null(media.TextTracks);
        Assert.Equal(3, Assert.Single(await _rig.ExtractAsync(_rig.Folder["drawn.mkv"])).Pictures.Count);
    }

    [Theory]
    [InlineData("film.mov", "jpeg2000", "JPEG 2000 video")]
    [InlineData("film.avi", "cinepak", "Cinepak video")]
    public async Task A_video_whose_pictures_are_not_read_is_refused_in_one_sentence(string name, string encoder, string called)
    {
        var path = await Ffmpeg.MakeAsync("-f", "lavfi", "-i", "testsrc=s=64x64:d=1", "-c:v", encoder, _rig.Folder[name]);

        var refused = await _rig.RejectsAsync(path);

        Assert.Equal(RejectionReason.UnsupportedMedia, refused.Reason);
        Assert.Equal($"'{path}' is coded as {called}, which is not read; convert it to H.264.", refused.Message);
    }

    [Fact]
    public async Task Sound_whose_coding_is_not_read_is_refused_in_one_sentence()
    {
        var path = await Ffmpeg.MakeAsync("-f", "lavfi", "-i", "sine=d=1", "-c:a", "dca", "-strict", "-2", _rig.Folder["a.mka"]);

        var refused = await _rig.RejectsAsync(path);

        Assert.Equal(RejectionReason.UnsupportedMedia, refused.Reason);
        Assert.Matches("is coded as .*DTS.* sound, which is not read; convert it", refused.Message);
    }

    [Fact]
    public async Task Chapters_that_the_file_names_are_kept()
    {
        var chapters = _rig.Folder.Write(
            "chapters.txt",
            ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1500\ntitle=Opening\n"
                + "[CHAPTER]\nTIMEBASE=1/1000\nSTART=1500\nEND=3000\ntitle=質疑\n");
        var path = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", Ffmpeg.Clock, "-i", chapters, "-map", "0", "-map_metadata", "1", "-t", "3", "-c:v", "libx264",
            _rig.Folder["a.mkv"]);

        Assert.Equal([new(0, 1.5, "Opening"), new(1.5, 3, "質疑")], (await _rig.DescribeAsync(path)).Chapters!);
    }
}
