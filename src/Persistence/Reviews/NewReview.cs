using System.Text.Json;
using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.Persistence.Reviews;

/// <summary>A review that is to be stored.</summary>
/// <param name="BasedOn">The revision that the reviewer saw; 0 for the model's answer.</param>
/// <param name="Reviewer">Who made it.</param>
/// <param name="Fields">What is said.</param>
/// <param name="Insight">The insight of <paramref name="BasedOn"/> with what is said.</param>
public sealed record NewReview(int BasedOn, string Reviewer, IReadOnlyList<FieldReview> Fields, JsonElement Insight);
