using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Prepare;

/// <summary>What was really sent to the model: the only thing that an insight may cite.</summary>
internal sealed record Evidence
{
    public required SegmentReference Segment { get; init; }

    public IReadOnlyList<SentPicture> Pictures { get; init; } = [];

    /// <summary>The span of time that frames, sound or insights were sent of; null for what has no time.</summary>
    public TimeSpanSeconds? Span { get; init; }

    /// <summary>How far outside <see cref="Span"/> a time may lie and still be taken for its edge: half a frame, in seconds.</summary>
    public double Tolerance { get; init; }

    public Transcript? Transcript { get; init; }

    /// <summary>The words of a page or picture with their places; null when none are known.</summary>
    public PageWords? Words { get; init; }

    /// <summary>The text that was sent; null when there is none.</summary>
    public string? Text { get; init; }

    /// <summary>Where the text stands within its document; null for a page.</summary>
    public TextOrigin? Origin { get; init; }

    /// <summary>For a synthesis: the insights that were sent.</summary>
    public IReadOnlyList<SegmentInsight> Insights { get; init; } = [];
}
