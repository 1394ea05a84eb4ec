namespace Qwen35Batch.Worker.Signals;

/// <summary>
/// Wake-ups inside this process, so that work follows at once; other processes announce theirs where the ledger's database can pass that
/// on, and it is found by polling otherwise.
/// </summary>
internal sealed class WorkSignals(TimeProvider time)
{
    /// <summary>A job may be waiting to be planned.</summary>
    public WakeUp Jobs { get; } = new(time);

    /// <summary>A segment may be waiting to be analysed.</summary>
    public WakeUp Segments { get; } = new(time);

    /// <summary>An event may be waiting to be published.</summary>
    public WakeUp Events { get; } = new(time);

    /// <summary>A held job may have been cancelled.</summary>
    public WakeUp Leases { get; } = new(time);
}
