using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.Persistence.Reading;

/// <summary>A part of a list of insights, newest first.</summary>
/// <param name="Insights">The insights; fewer than asked for, or none, when the search was long: <paramref name="Next"/> goes on.</param>
/// <param name="Next">What to ask for to get the next part; null at the end.</param>
public sealed record InsightPage(IReadOnlyList<FoundInsight> Insights, long? Next);

/// <summary>An insight of a list.</summary>
/// <param name="Insight">The insight.</param>
/// <param name="Hit">What was found in it; null when nothing was searched for.</param>
public sealed record FoundInsight(StoredInsight Insight, SearchHit? Hit);

/// <summary>Where a search was met.</summary>
/// <param name="Field">The JSON pointer of the first field that has the first thing searched for.</param>
/// <param name="Text">What the field says.</param>
/// <param name="Place">Where it stands in the media; null when that is not known.</param>
public sealed record SearchHit(string Field, string Text, Citation? Place);
