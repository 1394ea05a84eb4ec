using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;

namespace Qwen35Batch.Pipeline.Jobs;

/// <summary>
/// Something was missing that may be there later: disk space, the network, a server. Thrown inside the stages;
/// <see cref="AnalysisPipeline"/> turns it into a deferral.
/// </summary>
internal sealed class ResourceUnavailableException(string detail, TimeSpan delay, bool countsAsAttempt = true, Exception? cause = null)
    : Exception(detail, cause)
{
    public TimeSpan Delay { get; } = delay;

    /// <summary>What the fault is charged to.</summary>
    public FaultScope Scope { get; init; } = countsAsAttempt ? FaultScope.Item : FaultScope.Machine;

    /// <summary>False when the item is not to blame.</summary>
    public bool CountsAsAttempt => Scope == FaultScope.Item;

    /// <summary>Whether the engine broke off at this item while it answers others.</summary>
    public bool BreaksEngine { get; init; }

    /// <summary>What the model's answers took before; null when it did not answer.</summary>
    public Usage? Usage { get; init; }
}
