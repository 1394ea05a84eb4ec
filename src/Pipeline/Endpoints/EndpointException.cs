using Microsoft.Extensions.AI;

namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>An endpoint did not answer, or what it answered is no answer.</summary>
internal sealed class EndpointException(ModelFault fault, Exception? cause = null) : Exception(fault.Detail, cause)
{
    public ModelFault Fault { get; } = fault;

    /// <summary>What the server says that its reply took; null when it does not say.</summary>
    public UsageDetails? Usage { get; init; }
}
