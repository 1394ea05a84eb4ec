using System.Globalization;

namespace Qwen35Batch.Pipeline.Tools;

/// <summary>
/// What every ffmpeg and ffprobe call is told before its input: no network, no container and no decoder beyond those listed,
/// limits on streams and pixels. A playlist under a video's name finds no demuxer.
/// </summary>
internal static class FfmpegGuards
{
    private const string Containers = "mov,mp4,m4a,matroska,webm,avi,mpegts,ogg,flac,wav,w64,mp3";

    private static readonly string Decoders = string.Join(',',
    [
        "h264", "hevc", "vp8", "vp9", "libvpx", "libvpx-vp9", "av1", "libdav1d", "libaom-av1", "mpeg4", "msmpeg4v1", "msmpeg4v2", "msmpeg4",
        "mpeg1video", "mpeg2video", "mjpeg", "theora", "prores", "dnxhd", "dvvideo", "h263", "vc1", "wmv3", "ffv1", "rawvideo", "gif", "png",
        "aac", "aac_fixed", "aac_latm", "mp3", "mp3float", "mp2", "mp2float", "mp1", "mp1float", "ac3", "ac3_fixed", "eac3", "opus", "libopus",
        "vorbis", "libvorbis", "flac", "alac", "wmav1", "wmav2", "adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt", "amrnb", "amrwb", "speex", "libspeex",
        "pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be",
        "pcm_f64le", "pcm_f64be", "pcm_mulaw", "pcm_alaw", "pcm_bluray", "pcm_dvd",
    ]);

    /// <summary>The options before <c>-i</c>.</summary>
    public static IReadOnlyList<string> Input(long maxPixels) =>
    [
        "-protocol_whitelist", "file,pipe",
        "-format_whitelist", Containers,
        "-codec_whitelist", Decoders,
        "-max_streams", "32",
        "-max_pixels", maxPixels.ToString(CultureInfo.InvariantCulture),
        "-probesize", "20M",
        "-analyzeduration", "20M",
    ];

    /// <summary>A stored file as an input: the rest of the argument is taken as it is.</summary>
    public static string File(string path) => "file:" + path;
}
