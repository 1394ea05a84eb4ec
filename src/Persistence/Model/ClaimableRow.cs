using Qwen35Batch.Contracts;

namespace Qwen35Batch.Persistence.Model;

/// <summary>A row that workers claim: a job for planning, a segment for analysis.</summary>
internal abstract class ClaimableRow
{
    public long Id { get; set; }

    /// <summary>The version of what the row holds; a worker claims only what it knows, so that two versions can run side by side.</summary>
    public int SchemaVersion { get; set; } = LedgerDbContext.SchemaVersion;

    public int Priority { get; set; }

    /// <summary>Not to be claimed before.</summary>
    public DateTimeOffset RunAt { get; set; }

    public int Attempt { get; set; }

    public int CrashCount { get; set; }

    public Guid? LeaseOwner { get; set; }

    /// <summary>The fencing token: one more with every claim.</summary>
    public long LeaseToken { get; set; }

    /// <summary>Null when nobody holds the row.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>The call that claimed the row, so that a call whose commit got lost on the wire finds what it claimed.</summary>
    public Guid? ClaimId { get; set; }

    /// <summary>The token of the last claim whose outcome was stored, so that storing it again is recognised.</summary>
    public long RecordedToken { get; set; }

    public RejectionReason? Reason { get; set; }

    public string? Detail { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>Whether the row is ready or will be.</summary>
    public abstract bool IsWaiting { get; }

    public bool IsHeldBy(Lease lease) => LeaseUntil is not null && LeaseOwner == lease.Worker && LeaseToken == lease.FencingToken;

    public virtual void Claim(Guid worker, Guid claim, DateTimeOffset until)
    {
        Attempt++;
        LeaseToken++;
        LeaseOwner = worker;
        ClaimId = claim;
        LeaseUntil = until;
    }

    /// <summary>Held again by the worker that held it last, as if it had never lost it.</summary>
    public virtual void Resume(DateTimeOffset until)
    {
        Attempt++;
        LeaseUntil = until;
    }

    /// <summary>Waiting again, from <paramref name="runAt"/> on.</summary>
    public virtual void MakeReady(DateTimeOffset runAt)
    {
        RunAt = runAt;
        LeaseUntil = null;
        FinishedAt = null;
    }

    /// <summary>As if it had never been tried.</summary>
    public void Renew(DateTimeOffset now)
    {
        MakeReady(now);
        Attempt = 0;
        CrashCount = 0;
        Reason = null;
        Detail = null;
    }

    /// <summary>The row as it is now.</summary>
    public ClaimableRow Copy() => (ClaimableRow)MemberwiseClone();

    public Lease Lease => new(Id, LeaseOwner!.Value, LeaseToken);
}
