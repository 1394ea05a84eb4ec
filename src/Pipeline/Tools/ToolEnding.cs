namespace Qwen35Batch.Pipeline.Tools;

/// <summary>What the end of a tool is evidence of.</summary>
internal enum ToolEnding
{
    /// <summary>It came to an end by itself; what it says and wrote counts.</summary>
    Ended,

    /// <summary>It used up its deadline, busy all the while.</summary>
    TimedOut,

    /// <summary>Its deadline went by, several times over, while it got hardly any processor time.</summary>
    Stalled,

    /// <summary>It needed more memory than it may have.</summary>
    OutOfMemory,

    /// <summary>It crashed by itself.</summary>
    Crashed,

    /// <summary>Somebody else ended it: a stop of the service, the system's out-of-memory killer.</summary>
    Killed,

    /// <summary>It could not be run: a library or the program itself is missing.</summary>
    NotRun,

    /// <summary>The disk was full.</summary>
    DiskFull,
}
