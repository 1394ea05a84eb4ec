namespace Qwen35Batch.Contracts.Stages;

/// <summary>A media item in the media store, and what probing found. Stored with the job, so that a segment never probes again.</summary>
public sealed record MediaDescription
{
    /// <summary>SHA-256 of the content, lower-case hexadecimal; its name in the media store.</summary>
    public required string Sha256 { get; init; }

    /// <summary>What it is.</summary>
    public required MediaKind Kind { get; init; }

    /// <summary>The media type found by its content, such as <c>image/png</c>.</summary>
    public required string MediaType { get; init; }

    /// <summary>The length in bytes.</summary>
    public required long LengthBytes { get; init; }

    /// <summary>Pixels from left to right as displayed (after rotation), of a picture or video.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels from top to bottom as displayed (after rotation), of a picture or video.</summary>
    public int? Height { get; init; }

    /// <summary>Seconds, of a video or sound.</summary>
    public double? DurationSeconds { get; init; }

    /// <summary>Pages, of a document or of a picture file with several, such as a fax.</summary>
    public int? PageCount { get; init; }

    /// <summary>Characters, of a text, of the text of an office document, or of what a PDF holds beside its pages.</summary>
    public int? CharacterCount { get; init; }

    /// <summary>True for a PDF with annotations (notes, marks, form fields), which are read with their pages.</summary>
    public bool HasAnnotations { get; init; }

    /// <summary>True when there is a sound stream.</summary>
    public bool HasAudio { get; init; }

    /// <summary>True for a video of high dynamic range (PQ or HLG), which is tone-mapped before a picture of it is sent.</summary>
    public bool IsHighDynamicRange { get; init; }

    /// <summary>The number within the file of the picture track that is read; null for the first.</summary>
    public int? VideoStream { get; init; }

    /// <summary>The number within the file of the sound track that is read; null for the first.</summary>
    public int? AudioStream { get; init; }

    /// <summary>The subtitle tracks that are text; null when there is none.</summary>
    public IReadOnlyList<TextTrack>? TextTracks { get; init; }

    /// <summary>The chapters that the file names, in order; null when it names none.</summary>
    public IReadOnlyList<MediaChapter>? Chapters { get; init; }

    /// <summary>The recordings that the file was joined from, in order; null for a single one.</summary>
    public IReadOnlyList<Recording>? Recordings { get; init; }

    /// <summary>What the camera wrote into a picture or a recording; null when it wrote nothing.</summary>
    public MediaCapture? Capture { get; init; }

    /// <summary>What a reader must know of the whole, such as a sound track that is not read; null when nothing.</summary>
    public IReadOnlyList<ReadingNote>? Notes { get; init; }
}
