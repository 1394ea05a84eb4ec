using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.Contracts;

/// <summary>How sure an insight is as a whole: as its least sure field.</summary>
public static class LowestConfidence
{
    /// <summary>
    /// The lowest calibrated probability among the fields; null when none is calibrated. A field without evidence, such as an enum with one
    /// value, does not count.
    /// </summary>
    public static double? Of(IEnumerable<InsightField> fields) => fields.Min(field => field.Probability);
}
