using System.Text.Json;
using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.Pipeline.Validate;

/// <summary>What came of checking an answer.</summary>
internal abstract record Verdict
{
    private Verdict()
    {
    }

    /// <summary>The answer is an insight.</summary>
    /// <param name="Insight">JSON, valid against the task's schema.</param>
    /// <param name="Notes">What was put right in it without a doubt.</param>
    public sealed record Valid(JsonElement Insight, IReadOnlyList<string> Notes) : Verdict
    {
        /// <summary>The boxes that the model claims for objects of the insight, by the objects' JSON pointers.</summary>
        public IReadOnlyList<(string Pointer, Box Box)> Boxes { get; init; } = [];
    }

    /// <summary>It is not.</summary>
    /// <param name="Problem">What is wrong, in sentences that a model can act on.</param>
    public sealed record Invalid(string Problem) : Verdict;
}
