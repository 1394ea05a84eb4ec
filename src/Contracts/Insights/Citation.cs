namespace Qwen35Batch.Contracts.Insights;

/// <summary>What an insight, or one field of it, rests on: always something that was really sent to the model.</summary>
public sealed record Citation
{
    /// <summary>The JSON pointer of the field that is supported, or an empty string for the whole insight.</summary>
    public string Field { get; init; } = "";

    /// <summary>The number of the segment within the job, from 0.</summary>
    public int Segment { get; init; }

    /// <summary>The page, from 1.</summary>
    public int? Page { get; init; }

    /// <summary>The start of the time span, in seconds from the start of the media.</summary>
    public double? StartSeconds { get; init; }

    /// <summary>The end of the time span, in seconds from the start of the media.</summary>
    public double? EndSeconds { get; init; }

    /// <summary>The time of one frame, in seconds from the start of the media, as the decoder reported it.</summary>
    public double? FrameSeconds { get; init; }

    /// <summary>
    /// The place on the picture or page as it is shown, when known; around all of <see cref="Boxes"/> when there are several.
    /// </summary>
    public Box? Box { get; init; }

    /// <summary>One place for each line that the value stands on; null when it stands on one line, or when no place is known.</summary>
    public IReadOnlyList<Box>? Boxes { get; init; }

    /// <summary>
    /// The place within an office document: <c>paragraph 12</c> (empty ones are not counted), <c>slide 3</c>, <c>'Sales'!B7</c>,
    /// <c>table 2, row 3, cell 1</c>; null for what has none.
    /// </summary>
    public string? Address { get; init; }

    /// <summary>The places within the lines of a text; null for what has none.</summary>
    public IReadOnlyList<TextRange>? Lines { get; init; }

    /// <summary>How the place was found; null where only what was sent is known.</summary>
    public CitationMethod? Method { get; init; }

    /// <summary>The words that stand at the place; null where no text was looked in.</summary>
    public string? Matched { get; init; }

    /// <summary>
    /// How well <see cref="Matched"/> fits the field's value, up to 1 for the same text, number or date at the only place that fits; below
    /// 0.95 when characters differ or another place fits as well. Null where no text was looked in.
    /// </summary>
    public double? Score { get; init; }

    /// <summary>The SHA-256 of the picture's pixels that were sent (width, height and RGB bytes), in lower-case hexadecimal.</summary>
    public string? PictureSha256 { get; init; }
}
