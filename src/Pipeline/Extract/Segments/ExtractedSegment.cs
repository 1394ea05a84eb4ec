namespace Qwen35Batch.Pipeline.Extract.Segments;

/// <summary>A segment's content, ready to be put into a message.</summary>
internal sealed record ExtractedSegment
{
    /// <summary>A picture, a page, a document's embedded pictures, or a clip's frames in order.</summary>
    public IReadOnlyList<Picture> Pictures { get; init; } = [];

    /// <summary>The frames of a clip as one MP4, when the endpoint takes videos; else null.</summary>
    public ReadOnlyMemory<byte>? Video { get; init; }

    /// <summary>A text part, a page's text layer, or an office document's text.</summary>
    public string? Text { get; init; }

    /// <summary>The words of a page or picture with their places; null when none are known.</summary>
    public PageWords? Words { get; init; }

    /// <summary>Where <see cref="Text"/> stands within the document; null for a page.</summary>
    public TextOrigin? Origin { get; init; }

    /// <summary>What the text stands under in the parts before it: headings, and the head of its table; null when nothing.</summary>
    public string? Context { get; init; }

    /// <summary>What was measured of the sound in the segment's span.</summary>
    public AudioMeasures? Audio { get; init; }

    /// <summary>The sound itself as a 16 kHz mono 16-bit WAV, when it is to be transcribed; else null.</summary>
    public ReadOnlyMemory<byte>? AudioWave { get; init; }

    /// <summary>What the file's own subtitles say in the segment's span; null when there are none.</summary>
    public Subtitles? Subtitles { get; init; }

    /// <summary>What a reader must know, such as "the video breaks off at 14.7 s of 60.1 s"; null when nothing.</summary>
    public string? Note { get; init; }
}
