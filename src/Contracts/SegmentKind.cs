namespace Qwen35Batch.Contracts;

/// <summary>The unit of work and of retry within a job.</summary>
public enum SegmentKind
{
    /// <summary>One picture.</summary>
    Image,

    /// <summary>One page of a document.</summary>
    Page,

    /// <summary>A span of a video, as frames with their times.</summary>
    Clip,

    /// <summary>A span of sound.</summary>
    AudioSpan,

    /// <summary>A part of a text.</summary>
    TextPart,

    /// <summary>The job's summary over the insights of its other segments.</summary>
    Synthesis,
}
