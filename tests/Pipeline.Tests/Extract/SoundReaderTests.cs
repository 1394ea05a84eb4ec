using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract;

public sealed class SoundReaderTests : IDisposable
{
    // A tone from 0 to 2 s and from 4 to 6 s.
    private const string Beeps = "aevalsrc='0.5*sin(2*PI*440*t)*(lt(t,2)+between(t,4,6))':s=44100:d=6";
    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("a.wav", "audio/wav")]
    [InlineData("a.mp3", "audio/mpeg")]
    [InlineData("a.flac", "audio/flac")]
    [InlineData("a.ogg", "audio/ogg")]
    [InlineData("a.m4a", "audio/mp4")]
    [InlineData("a.mp4", "audio/mp4")]
    public async Task Loudness_and_silence_are_measured_in_every_format(string name, string mediaType)
    {
        var path = await Ffmpeg.MakeAsync("-f", "lavfi", "-i", Beeps, "-ac", "2", _rig.Folder[name]);

        var media = await _rig.DescribeAsync(path);
        var sound = Assert.Single(await _rig.ExtractAsync(path));

        Assert.Equal((MediaKind.Audio, mediaType, true), (media.Kind, media.MediaType, media.HasAudio));
        Assert.InRange(media.DurationSeconds!.Value, 5.9, 6.2);
        // A sine of amplitude 0.5 (-9 dB) at 440 Hz, where the weighting takes away 1 dB.
        Assert.InRange(sound.Audio!.LoudnessLufs!.Value, -11, -9);
        var silence = Assert.Single(sound.Audio.Silence);
        Assert.InRange(silence.Start, 1.9, 2.15);
        Assert.InRange(silence.End, 3.9, 4.15);
        Assert.Empty(sound.Audio.Speech);
        Assert.Null(sound.AudioWave);
        Assert.Null(sound.Note);
    }

    [Fact]
    public async Task Times_of_a_later_span_count_from_the_start_of_the_media()
    {
        var path = await Ffmpeg.MakeAsync("-f", "lavfi", "-i", Beeps, _rig.Folder["a.flac"]);

        var spans = await _rig.ExtractAsync(path, new() { AudioSpanSeconds = 3 });

        Assert.Equal(2, spans.Count);
        Assert.InRange(Assert.Single(spans[0].Audio!.Silence).End, 2.9, 3.1);
        var second = Assert.Single(spans[1].Audio!.Silence);
        Assert.InRange(second.Start, 2.99, 3.1);
        Assert.InRange(second.End, 3.9, 4.1);
    }

    [Fact]
    public async Task The_wave_is_16_kHz_mono_and_as_long_as_the_span()
    {
        var path = await Ffmpeg.MakeAsync("-f", "lavfi", "-i", Beeps, "-ac", "2", _rig.Folder["a.mp3"]);

        var wave = (await _rig.ExtractAsync(path, wave: WaveOutput.Include))[0].AudioWave!.Value.Span;

        Assert.True(wave.StartsWith("RIFF"u8) && wave[8..].StartsWith("WAVEfmt "u8));
        Assert.Equal((1, 16_000), (BitConverter.ToInt16(wave[22..]), BitConverter.ToInt32(wave[24..])));
        Assert.Equal(wave.Length - 44, BitConverter.ToInt32(wave[40..]));
        Assert.InRange((wave.Length - 44) / 32_000.0, 5.9, 6.2);
    }

    [Fact]
    public async Task Sound_that_begins_after_the_picture_keeps_its_place()
    {
        var path = await Ffmpeg.MakeAsync(
            "-f",
            "lavfi",
            "-i",
            Ffmpeg.Clock,
            "-itsoffset",
            "2",
            "-f",
            "lavfi",
            "-i",
            "sine=d=2",
            "-t",
            "4",
            "-c:v",
            "libx264",
            _rig.Folder["late.mkv"]);

        var clip = Assert.Single(await _rig.ExtractAsync(path, wave: WaveOutput.Include));

        Assert.Equal(4, clip.Pictures.Count);
        var samples = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(clip.AudioWave!.Value.Span[44..]);
        var first = 0;
        while (Math.Abs((int)samples[first]) < 500)
            first++;
        Assert.InRange(first / 16_000.0, 1.95, 2.05);
    }

    [Theory]
    [InlineData("a.wav", 44_100)]
    [InlineData("a.mp3", 48_000)]
    [InlineData("a.flac", 8_000)]
    public async Task The_sound_of_a_later_span_begins_where_the_span_does(string name, int sampleRate)
    {
        // Loud in the first half of every second span only.
        var path = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", "aevalsrc='0.5*sin(2*PI*440*t)*between(t,4,6)':s=48000:d=8", "-ar", sampleRate.ToString(
                System.Globalization.CultureInfo.InvariantCulture), _rig.Folder[name]);

        var spans = await _rig.ExtractAsync(path, new() { AudioSpanSeconds = 4 }, wave: WaveOutput.Include);

        var second = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(spans[1].AudioWave!.Value.Span[44..]);
        Assert.InRange(second.Length / 16_000.0, 3.9, 4.1);
        Assert.Contains(second[..8_000].ToArray(), sample => Math.Abs((int)sample) > 8_000);
        Assert.DoesNotContain(second[40_000..].ToArray(), sample => Math.Abs((int)sample) > 8_000);
    }

    [Fact]
    public async Task Silence_has_no_loudness_and_a_video_without_sound_is_no_error()
    {
        var silent = await Ffmpeg.MakeAsync("-f", "lavfi", "-i", "anullsrc=d=3", _rig.Folder["silent.wav"]);
        var mute = await Ffmpeg.MakeAsync("-f", "lavfi", "-i", Ffmpeg.Clock, "-t", "2", _rig.Folder["mute.mp4"]);

        var audio = (await _rig.ExtractAsync(silent))[0].Audio!;
        Assert.Null(audio.LoudnessLufs);
        var silence = Assert.Single(audio.Silence);
        Assert.InRange(silence.End - silence.Start, 2.9, 3.1);
        Assert.Null((await _rig.ExtractAsync(mute))[0].Audio);
    }

    [Fact]
    public async Task A_cover_picture_does_not_make_a_song_a_video()
    {
        var cover = await Ffmpeg.MakeAsync("-f", "lavfi", "-i", "testsrc=s=64x64:d=1", "-frames:v", "1", _rig.Folder["cover.png"]);
        var path = await Ffmpeg.MakeAsync(
            "-f",
            "lavfi",
            "-i",
            "sine=d=2",
            "-i",
            cover,
            "-map",
            "0",
            "-map",
            "1",
            "-c:v",
            "copy",
            "-disposition:v",
            "attached_pic",
            _rig.Folder["song.mp3"]);

        Assert.Equal(MediaKind.Audio, (await _rig.DescribeAsync(path)).Kind);
        Assert.Null((await _rig.ExtractAsync(path))[0].Note);
    }

    [Fact]
    public async Task Sound_that_cannot_be_decoded_at_all_is_corrupt() =>
        Assert.Equal(
            RejectionReason.CorruptMedia,
            (await _rig.RejectsAsync(_rig.Folder.Write("a.flac", [.. "fLaC"u8, .. new byte[5_000]]))).Reason);
}
