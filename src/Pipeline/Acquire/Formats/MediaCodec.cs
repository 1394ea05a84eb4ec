namespace Qwen35Batch.Pipeline.Acquire.Formats;

/// <summary>A coding of pictures, sound or subtitles that is read.</summary>
/// <param name="Name">As users call it.</param>
/// <param name="Track">What it codes.</param>
/// <param name="Codecs">ffmpeg's names of the coding.</param>
/// <param name="Decoders">ffmpeg's decoders for it that may be used.</param>
internal sealed record MediaCodec(string Name, TrackKind Track, IReadOnlyList<string> Codecs, IReadOnlyList<string> Decoders)
{
    /// <summary>A coding whose decoders have its own names.</summary>
    public MediaCodec(string name, TrackKind track, params string[] codecs)
        : this(name, track, codecs, codecs)
    {
    }
}
