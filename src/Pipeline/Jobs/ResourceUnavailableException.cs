namespace Qwen35Batch.Pipeline.Jobs;

/// <summary>
/// Something was missing that may be there later: disk space, the network, a server. Thrown inside the stages;
/// <see cref="AnalysisPipeline"/> turns it into a deferral.
/// </summary>
internal sealed class ResourceUnavailableException(string detail, TimeSpan delay, bool countsAsAttempt = true, Exception? cause = null)
    : Exception(detail, cause)
{
    public TimeSpan Delay { get; } = delay;

    /// <summary>False when the item is not to blame.</summary>
    public bool CountsAsAttempt { get; } = countsAsAttempt;

    /// <summary>Whether it is the model that is missing, which no other segment can do without.</summary>
    public bool IsEngineAway { get; init; }
}
