namespace Qwen35Batch.Persistence.Reading;

/// <summary>Segments by how they ended, the synthesis included.</summary>
/// <param name="Planned">All.</param>
/// <param name="Done">With an insight.</param>
/// <param name="Failed">Without, for a stored reason.</param>
/// <param name="Quarantined">Put aside after three crashes.</param>
/// <param name="Cancelled">Cancelled with the job, or a synthesis that had nothing to summarise.</param>
public sealed record SegmentCounts(int Planned, int Done, int Failed, int Quarantined, int Cancelled)
{
    /// <summary>Segments that have not ended.</summary>
    public int Open => Planned - Done - Failed - Quarantined - Cancelled;
}
