using Qwen35Batch.Inference.Batching.Plan;

namespace Qwen35Batch.Inference.Batching.Sequences;

/// <summary>Requests that share one turn in the round: the segments of a job.</summary>
internal sealed class RequestGroup(string name) : IPlannedGroup
{
    public string Name => name;

    public long Turn { get; set; }

    /// <summary>Requests of the group in the queue.</summary>
    public int Waiting { get; set; }
}
