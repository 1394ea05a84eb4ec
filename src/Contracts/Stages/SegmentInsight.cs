using System.Text.Json;
using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.Contracts.Stages;

/// <summary>A segment's stored insight.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="Insight">Its insight.</param>
/// <param name="Citations">What it rests on.</param>
public sealed record SegmentInsight(SegmentReference Segment, JsonElement Insight, IReadOnlyList<Citation> Citations);
