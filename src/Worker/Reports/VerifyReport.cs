using System.Text.Json;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Worker.Reports;

/// <summary>What <c>model verify --json</c> prints.</summary>
internal static class VerifyReport
{
    /// <summary>One line.</summary>
    /// <param name="placements">What computed the graphs; none on the CPU.</param>
    public static string Json(
        string model, IReadOnlyCollection<VerifyResult> results, IReadOnlyCollection<NodePlacement> placements) => JsonSerializer.Serialize(
        new
        {
            Model = model,
            Cases = results.Count,
            Failed = results.Where(result => !result.Passed).Select(result => new { result.Name, result.Failure }),
            MeanDivergence = results.Average(result => result.LogitDivergence),
            LogitDifference = results.Max(result => result.LogitDifference),
            EmbeddingDifference = results.Max(result => result.EmbeddingDifference),
            GreedyMatched = results.Sum(result => result.GreedyMatched),
            GreedyCompared = results.Sum(result => result.GreedyCompared),
            Placement = placements.Count == 0 ? null : placements,
        },
        BenchReport.Format);
}
