using Qwen35Batch.Contracts;

namespace Qwen35Batch.Pipeline.Acquire.Formats;

/// <summary>Every kind of picture, video and sound that is read: the sniffer, the tools' guards and the messages know no other.</summary>
internal static class MediaFormats
{
    /// <summary>The kinds, in the order in which they are told.</summary>
    public static IReadOnlyList<MediaFormat> All { get; } =
    [
        new("JPEG", MediaKind.Image, ["image/jpeg"], []),
        new("PNG", MediaKind.Image, ["image/png"], []),
        new("WebP", MediaKind.Image, ["image/webp"], []),
        new("GIF", MediaKind.Image, ["image/gif"], []),
        new("TIFF", MediaKind.Image, ["image/tiff"], []),
        new("AVIF", MediaKind.Image, ["image/avif"], []),
        new("HEIC", MediaKind.Image, ["image/heic"], ["hevc"]),
        new("BMP", MediaKind.Image, ["image/bmp"], ["bmp_pipe"]),
        new("MP4", MediaKind.Video, ["video/mp4", "audio/mp4"], ["mov", "mp4", "m4a"]),
        new("MOV", MediaKind.Video, ["video/quicktime"], ["mov"]),
        new("Matroska", MediaKind.Video, ["video/matroska", "audio/matroska"], ["matroska"]),
        new("WebM", MediaKind.Video, ["video/webm", "audio/webm"], ["webm"]),
        new("AVI", MediaKind.Video, ["video/x-msvideo"], ["avi"]),
        new("MPEG-TS", MediaKind.Video, ["video/mp2t"], ["mpegts"]),
        new("MPEG-PS", MediaKind.Video, ["video/mp2p"], ["mpeg"]),
        new("Ogg", MediaKind.Video, ["application/ogg", "video/ogg", "audio/ogg"], ["ogg"]),
        new("FLAC", MediaKind.Audio, ["audio/flac"], ["flac"]),
        new("WAV", MediaKind.Audio, ["audio/wav"], ["wav"]),
        new("MP3", MediaKind.Audio, ["audio/mpeg"], ["mp3"]),
    ];

    /// <summary>ffmpeg's demuxers that may be used.</summary>
    public static IReadOnlyList<string> Demuxers { get; } = [.. All.SelectMany(format => format.Demuxers).Distinct()];

    /// <summary>The names of the kinds of pictures.</summary>
    public static string Pictures { get; } = Names(MediaKind.Image);

    /// <summary>The names of the kinds of videos and sound.</summary>
    public static string Recordings { get; } = Names(MediaKind.Video, MediaKind.Audio);

    private static string Names(params MediaKind[] kinds) =>
        string.Join(", ", All.Where(format => kinds.Contains(format.Kind)).Select(format => format.Name));
}
