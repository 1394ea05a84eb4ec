namespace Qwen35Batch.Contracts;

/// <summary>Where a segment stands. The last four are final.</summary>
public enum SegmentState
{
    /// <summary>Waiting, or waiting to be tried again.</summary>
    Ready,

    /// <summary>A worker holds its lease.</summary>
    Leased,

    /// <summary>Its insight is stored.</summary>
    Done,

    /// <summary>It has no insight; the reason is stored.</summary>
    Failed,

    /// <summary>Put aside after it brought down its worker three times.</summary>
    Quarantined,

    /// <summary>Cancelled with its job.</summary>
    Cancelled,
}
