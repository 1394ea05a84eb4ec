namespace Qwen35Batch.Worker.Stages;

/// <summary>How many requests the engine works on at once.</summary>
/// <param name="Slots">Sequence slots of the engine in this process, or the requests that a remote endpoint may be sent at once.</param>
internal sealed record EngineCapacity(int Slots)
{
    /// <summary>Half as many again are prepared while the slots are full.</summary>
    public int SegmentsAtOnce(StageOptions options) =>
        options.AnalyseConcurrency > 0 ? options.AnalyseConcurrency : Math.Max(2, (Slots * 3 + 1) / 2);
}
