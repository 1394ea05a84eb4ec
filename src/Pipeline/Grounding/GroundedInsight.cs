using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.Pipeline.Grounding;

/// <summary>Where the scalars of an insight stand.</summary>
/// <param name="Citations">What the insight as a whole rests on, then the places of its fields.</param>
/// <param name="Fields">One for each scalar, in the order of the document.</param>
internal sealed record GroundedInsight(IReadOnlyList<Citation> Citations, IReadOnlyList<InsightField> Fields);
