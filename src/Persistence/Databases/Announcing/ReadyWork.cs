namespace Qwen35Batch.Persistence.Databases.Announcing;

/// <summary>What there may be to do since something was stored.</summary>
[Flags]
public enum ReadyWork
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A job may wait to be planned.</summary>
    Jobs = 1,

    /// <summary>A segment may wait to be analysed.</summary>
    Segments = 2,

    /// <summary>An event may wait to be published.</summary>
    Events = 4,

    /// <summary>A job that a worker holds may have been cancelled.</summary>
    Leases = 8,

    /// <summary>Anything of it.</summary>
    All = Jobs | Segments | Events | Leases,
}
