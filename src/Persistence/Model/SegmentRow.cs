using Qwen35Batch.Contracts;

namespace Qwen35Batch.Persistence.Model;

internal sealed class SegmentRow : ClaimableRow
{
    /// <summary>The job's row.</summary>
    public long JobId { get; set; }

    public int Number { get; set; }

    public SegmentKind Kind { get; set; }

    public int? Page { get; set; }

    public double? StartSeconds { get; set; }

    public double? EndSeconds { get; set; }

    public SegmentState State { get; set; }

    /// <summary>A synthesis is not claimed until every other segment has ended.</summary>
    public bool AwaitsOthers { get; set; }

    /// <summary>The data folder whose media store holds the job's media; null when any worker may have it.</summary>
    public Guid? MediaStore { get; set; }

    public string? RawAnswer { get; set; }

    public SegmentReference Reference => new()
    {
        Number = Number,
        Kind = Kind,
        Page = Page,
        StartSeconds = StartSeconds,
        EndSeconds = EndSeconds,
    };

    public override void Claim(Guid worker, Guid claim, DateTimeOffset until)
    {
        base.Claim(worker, claim, until);
        State = SegmentState.Leased;
    }

    public override bool IsWaiting => State == SegmentState.Ready;

    public override void Resume(DateTimeOffset until)
    {
        base.Resume(until);
        State = SegmentState.Leased;
    }

    public override void MakeReady(DateTimeOffset runAt)
    {
        base.MakeReady(runAt);
        State = SegmentState.Ready;
        RawAnswer = null;
    }

    public void End(SegmentState state, DateTimeOffset now)
    {
        State = state;
        AwaitsOthers = false;
        LeaseUntil = null;
        FinishedAt = now;
    }
}
