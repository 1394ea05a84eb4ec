namespace Qwen35Batch.Contracts;

/// <summary>Where a job stands. The last five are final.</summary>
public enum JobState
{
    /// <summary>Accepted; its media has not been opened yet.</summary>
    Accepted,

    /// <summary>Cut into segments; they are being analysed.</summary>
    Analysing,

    /// <summary>Every planned segment has its insight, and all content of the file was read.</summary>
    Completed,

    /// <summary>
    /// Some segments have no insight, or some content of the file was not read; the ledger says which and why, and the insights' notes
    /// say what.
    /// </summary>
    CompletedWithGaps,

    /// <summary>No insight could be made: the source, the task or every segment was refused; the reason is stored.</summary>
    Rejected,

    /// <summary>Put aside after it brought down its worker three times.</summary>
    Quarantined,

    /// <summary>Cancelled by a person or a program.</summary>
    Cancelled,
}
