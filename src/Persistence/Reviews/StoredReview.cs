using System.Text.Json;
using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.Persistence.Reviews;

/// <summary>A review as it is stored.</summary>
/// <param name="Revision">Its number among those of its insight, from 1.</param>
/// <param name="Reviewer">Who made it.</param>
/// <param name="At">When.</param>
/// <param name="Fields">What was said.</param>
/// <param name="Insight">The insight with all that was said up to then.</param>
public sealed record StoredReview(
    int Revision, string Reviewer, DateTimeOffset At, IReadOnlyList<FieldReview> Fields, JsonElement Insight);
