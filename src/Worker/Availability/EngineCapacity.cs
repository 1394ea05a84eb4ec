namespace Qwen35Batch.Worker.Availability;

/// <summary>How many requests the engine works on at once.</summary>
/// <param name="Slots">Sequence slots of the engine in this process, or the requests that a remote endpoint may be sent at once.</param>
internal sealed record EngineCapacity(int Slots)
{
    /// <summary>Segments worked on at once: half as many again are prepared while the slots are full.</summary>
    /// <param name="configured">The number that the settings ask for; 0 for the engine's own.</param>
    public int SegmentsAtOnce(int configured) => configured > 0 ? configured : Math.Max(2, (Slots * 3 + 1) / 2);
}
