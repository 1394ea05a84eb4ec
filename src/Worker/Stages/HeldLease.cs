using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Worker.Stages;

/// <summary>A lease of this worker while its row is worked on. Disposing it ends the heartbeats, not the lease.</summary>
internal sealed class HeldLease : IDisposable
{
    private readonly CancellationTokenSource _lost = new();
    private readonly Action<HeldLease> _drop;

    public HeldLease(Lease lease, bool isJob, Action<HeldLease> drop)
    {
        Lease = lease;
        IsJob = isJob;
        _drop = drop;
        // Taken once: the token stays usable after the source has been disposed.
        Lost = _lost.Token;
    }

    public Lease Lease { get; }

    /// <summary>True for a job's lease, false for a segment's.</summary>
    public bool IsJob { get; }

    /// <summary>Cancelled when the row is no longer ours: stop, and discard the result.</summary>
    public CancellationToken Lost { get; }

    public void Lose()
    {
        try
        {
            _lost.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The work ended between the heartbeat's answer and this line.
        }
    }

    public void Dispose()
    {
        _drop(this);
        _lost.Dispose();
    }
}
