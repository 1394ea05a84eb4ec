using Qwen35Batch.Contracts;

namespace Qwen35Batch.Pipeline.Jobs;

/// <summary>
/// A source or a segment that can never be read. Thrown inside the stages; <see cref="AnalysisPipeline"/> turns it into an outcome.
/// </summary>
/// <param name="reason">Why.</param>
/// <param name="detail">Why, in words that name the input and what to do.</param>
internal sealed class MediaRejectedException(RejectionReason reason, string detail, Exception? cause = null) : Exception(detail, cause)
{
    public RejectionReason Reason { get; } = reason;

    /// <summary>What the model's answers took before; null when it did not answer.</summary>
    public Usage? Usage { get; init; }
}
