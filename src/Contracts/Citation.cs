namespace Qwen35Batch.Contracts;

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

    /// <summary>The place on the picture or page, when known.</summary>
    public Box? Box { get; init; }

    /// <summary>The SHA-256 of the picture's pixels that were sent (width, height and RGB bytes), in lower-case hexadecimal.</summary>
    public string? PictureSha256 { get; init; }
}
