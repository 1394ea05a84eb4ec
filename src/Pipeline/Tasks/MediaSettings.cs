using System.Text.Json.Serialization;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>How a task wants its media: the <c>media</c> section of a task's file.</summary>
public sealed record MediaSettings
{
    /// <summary>Frames per second taken from a video; above 0, at most 30.</summary>
    public double FramesPerSecond { get; init; } = 1;

    /// <summary>The length of a clip, in seconds.</summary>
    public double ClipSeconds { get; init; } = 30;

    /// <summary>
    /// The largest number of pixels of a picture or page sent to the model; larger ones are reduced. 1 token is 1,024 pixels.
    /// </summary>
    public int MaxPicturePixels { get; init; } = 1_048_576;

    /// <summary>The largest number of pixels of one frame of a video.</summary>
    public int MaxFramePixels { get; init; } = 262_144;

    /// <summary>The largest number of pages read from a document; more pages reject the job.</summary>
    public int MaxPages { get; init; } = 500;

    /// <summary>The length of a span of sound, in seconds.</summary>
    public double AudioSpanSeconds { get; init; } = 300;

    /// <summary>The largest number of characters of one part of a text.</summary>
    public int TextPartCharacters { get; init; } = 12_000;

    /// <summary>Whether a page's text layer is sent beside its picture.</summary>
    public bool IncludeTextLayer { get; init; } = true;

    /// <summary>
    /// The largest number of segments of a job; null for what <c>Extract:MaxSegments</c> says. It changes no answer, and so not the task's
    /// version.
    /// </summary>
    [JsonIgnore]
    public int? MaxSegments { get; init; }
}
