namespace Qwen35Batch.Pipeline.Acquire.Formats;

/// <summary>Every coding that is read; ffmpeg is given no data to any other decoder.</summary>
internal static class MediaCodecs
{
    /// <summary>The codings, in the order in which they are told.</summary>
    public static IReadOnlyList<MediaCodec> All { get; } =
    [
        new("H.264", TrackKind.Picture, "h264"),
        new("HEVC", TrackKind.Picture, "hevc"),
        new("VP8", TrackKind.Picture, ["vp8"], ["vp8", "libvpx"]),
        new("VP9", TrackKind.Picture, ["vp9"], ["vp9", "libvpx-vp9"]),
        new("AV1", TrackKind.Picture, ["av1"], ["av1", "libdav1d", "libaom-av1"]),
        new("MPEG-4", TrackKind.Picture, ["mpeg4", "msmpeg4v1", "msmpeg4v2", "msmpeg4v3"], ["mpeg4", "msmpeg4v1", "msmpeg4v2", "msmpeg4"]),
        new("MPEG-1 and 2", TrackKind.Picture, "mpeg1video", "mpeg2video"),
        new("Motion JPEG", TrackKind.Picture, "mjpeg"),
        new("Theora", TrackKind.Picture, "theora"),
        new("ProRes", TrackKind.Picture, "prores"),
        new("DNxHD", TrackKind.Picture, "dnxhd"),
        new("DV", TrackKind.Picture, "dvvideo"),
        new("H.263", TrackKind.Picture, "h263"),
        new("VC-1", TrackKind.Picture, "vc1", "wmv3"),
        new("FFV1", TrackKind.Picture, "ffv1"),
        new("uncoded pictures", TrackKind.Picture, "rawvideo", "gif", "png", "bmp"),
        new("AAC", TrackKind.Sound, ["aac", "aac_latm"], ["aac", "aac_fixed", "aac_latm"]),
        new("MPEG sound", TrackKind.Sound, ["mp1", "mp2", "mp3"], ["mp3", "mp3float", "mp2", "mp2float", "mp1", "mp1float"]),
        new("AC-3", TrackKind.Sound, ["ac3", "eac3"], ["ac3", "ac3_fixed", "eac3"]),
        new("Opus", TrackKind.Sound, ["opus"], ["opus", "libopus"]),
        new("Vorbis", TrackKind.Sound, ["vorbis"], ["vorbis", "libvorbis"]),
        new("FLAC", TrackKind.Sound, "flac"),
        new("ALAC", TrackKind.Sound, "alac"),
        new("WMA", TrackKind.Sound, "wmav1", "wmav2"),
        new("ADPCM", TrackKind.Sound, "adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt"),
        new("AMR", TrackKind.Sound, ["amr_nb", "amr_wb"], ["amrnb", "amrwb", "libopencore_amrnb", "libopencore_amrwb"]),
        new("Speex", TrackKind.Sound, ["speex"], ["speex", "libspeex"]),
        new(
            "PCM",
            TrackKind.Sound,
            "pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be",
            "pcm_f64le", "pcm_f64be", "pcm_mulaw", "pcm_alaw", "pcm_bluray", "pcm_dvd"),
        new("SubRip", TrackKind.Text, ["subrip", "text"], ["subrip", "srt", "text"]),
        new("ASS", TrackKind.Text, "ass", "ssa"),
        new("WebVTT", TrackKind.Text, "webvtt"),
        new("3GPP timed text", TrackKind.Text, "mov_text"),
        new("CEA-608", TrackKind.Text, ["eia_608"], ["cc_dec"]),
    ];

    /// <summary>ffmpeg's decoders that may be used.</summary>
    public static IReadOnlyList<string> Decoders { get; } = [.. All.SelectMany(codec => codec.Decoders)];

    /// <summary>Whether a coding is read.</summary>
    /// <param name="codec">ffmpeg's name of it.</param>
    /// <param name="track">What it should code.</param>
    public static bool IsRead(string? codec, TrackKind track) => All.Any(each => each.Track == track && each.Codecs.Contains(codec));

    /// <summary>The names of the codings of a kind.</summary>
    public static string Names(TrackKind track) => string.Join(", ", All.Where(codec => codec.Track == track).Select(codec => codec.Name));
}
