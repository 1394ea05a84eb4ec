using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Databases.Announcing;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.Databases;

/// <summary>What processes that share a ledger hear of each other. With SQLite they look.</summary>
public sealed class AnnouncingTests(PostgreSqlFixture fixture) : LedgerTest(fixture), IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task What_another_process_makes_ready_is_heard_and_what_is_ones_own_is_not()
    {
        var (other, heard) = (Fixture.Ledger, Channel.CreateUnbounded<ReadyWork>());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var listening = other.Announcements.ListenAsync(work => heard.Writer.TryWrite(work), stop.Token);
        Assert.Equal(ReadyWork.All, await heard.Reader.ReadAsync(Token));

        await other.Submissions.SubmitManyAsync([Submission("/media/own.png")], Token);
        var job = Submission();
        await Ledger.Submissions.SubmitManyAsync([job], Token);
        Assert.Equal(ReadyWork.Jobs, await heard.Reader.ReadAsync(Token));
        Assert.True(await Ledger.Queue.CancelAsync(job.Job.JobId, "somebody", Token));
        Assert.Equal(ReadyWork.Leases | ReadyWork.Events, await heard.Reader.ReadAsync(Token));
        Assert.Equal(1, await Ledger.Queue.RetryAsync(job.Job.JobId, "somebody", Token));
        Assert.Equal(ReadyWork.Jobs, await heard.Reader.ReadAsync(Token));

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listening);
        Assert.False(heard.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_plan_a_summary_that_may_begin_and_work_given_back_are_announced()
    {
        // Its first announcement is told before it returns, and its clock stands: nothing more is told of what is prepared here.
        var (before, other, heard) = (Fixture.Open(time: new FakeTimeProvider()), Fixture.Ledger, Channel.CreateUnbounded<ReadyWork>());
        await before.Submissions.SubmitManyAsync([Submission("/media/a.pdf"), Submission("/media/b.pdf")], Token);
        var jobs = await before.Queue.ClaimJobsAsync(Worker, 2, Lease, Token);
        await before.Queue.RecordPlanAsync(jobs[0], Plan(1, synthesis: true), Token);
        var page = Assert.Single(await before.Queue.ClaimSegmentsAsync(Worker, 1, Lease, Token));
        var listening = other.Announcements.ListenAsync(work => heard.Writer.TryWrite(work), Token);
        Assert.Equal(ReadyWork.All, await heard.Reader.ReadAsync(Token));

        await Ledger.Queue.RecordSegmentAsync(page, Completed(), Token);
        Assert.Equal(ReadyWork.Segments, await heard.Reader.ReadAsync(Token));
        var synthesis = await ClaimOneAsync();
        await Ledger.Queue.ReleaseSegmentsAsync([synthesis.Lease], Token);
        Assert.Equal(ReadyWork.Segments, await heard.Reader.ReadAsync(Token));
        await Ledger.Queue.ReleaseJobsAsync([jobs[1].Lease], Token);
        Assert.Equal(ReadyWork.Jobs, await heard.Reader.ReadAsync(Token));
        var again = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));
        await Ledger.Queue.RecordPlanAsync(again, Plan(1), Token);
        Assert.Equal(ReadyWork.Segments, await heard.Reader.ReadAsync(Token));
        Assert.False(listening.IsCompleted);
    }

    [Fact]
    public async Task A_connection_that_is_cut_is_the_ledgers_fault()
    {
        var heard = Channel.CreateUnbounded<ReadyWork>();
        var listening = Ledger.Announcements.ListenAsync(work => heard.Writer.TryWrite(work), Token);
        await heard.Reader.ReadAsync(Token);

        await Fixture.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            + "WHERE datname = current_database() AND application_name LIKE '%(listens)'");

        await Assert.ThrowsAsync<LedgerUnavailableException>(() => listening);
    }
}
