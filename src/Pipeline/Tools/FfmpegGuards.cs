using System.Globalization;
using Qwen35Batch.Pipeline.Acquire.Formats;

namespace Qwen35Batch.Pipeline.Tools;

/// <summary>
/// What every ffmpeg and ffprobe call is told before its input: no network, no container and no decoder beyond those listed,
/// limits on streams and pixels. A playlist under a video's name finds no demuxer.
/// </summary>
internal static class FfmpegGuards
{
    private static readonly string Containers = string.Join(',', MediaFormats.Demuxers);
    private static readonly string Decoders = string.Join(',', MediaCodecs.Decoders);
    private static readonly string[] TrackKinds = ["v", "a", "s", "d", "t"];

    /// <summary>The options before <c>-i</c>.</summary>
    public static IReadOnlyList<string> Input(long maxPixels) =>
    [
        "-protocol_whitelist", "file,pipe,subfile",
        "-format_whitelist", Containers,
        "-codec_whitelist", Decoders,
        "-max_streams", "256",
        "-max_pixels", maxPixels.ToString(CultureInfo.InvariantCulture),
        "-probesize", "20M",
        "-analyzeduration", "20M",
    ];

    /// <summary>
    /// Further options for ffprobe, which opens the decoder of every track only to name it: these may be opened beside those listed. They
    /// are given no data: while tracks are looked into, the demuxer's own list holds.
    /// </summary>
    public static IReadOnlyList<string> NameOnly(IReadOnlyCollection<string> decoders) => decoders.Count == 0
        ? []
        : [.. TrackKinds.SelectMany(kind => new[] { $"-codec_whitelist:{kind}", $"{Decoders},{string.Join(',', decoders)}" })];

    /// <summary>A stored file as an input: the rest of the argument is taken as it is.</summary>
    public static string File(string path) => "file:" + path;

    /// <summary>A part of a stored file as an input of its own.</summary>
    public static string Part(string path, long startByte, long endByte) =>
        string.Create(CultureInfo.InvariantCulture, $"subfile,,start,{startByte},end,{endByte},,:file:{path}");
}
