namespace Qwen35Batch.Inference.Batching;

/// <summary>Requests that share one turn in the round: the segments of a job.</summary>
internal sealed class RequestGroup(string name)
{
    public string Name => name;

    /// <summary>The lower, the sooner it is this group's turn.</summary>
    public long Turn { get; set; }

    /// <summary>Requests of the group in the line.</summary>
    public int Waiting { get; set; }
}
