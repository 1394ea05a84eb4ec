using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.WorkQueue;

public abstract class LeasesTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    [Fact]
    public async Task An_extended_lease_is_not_reaped()
    {
        await PlannedJobAsync(2);
        var claims = await Ledger.Queue.ClaimSegmentsAsync(Worker, 2, Lease, Token);
        await Fixture.ExpireLeasesAsync();

        var lost = await Ledger.Queue.ExtendSegmentLeasesAsync([.. claims.Select(claim => claim.Lease)], Lease, Token);

        Assert.Empty(lost);
        Assert.Equal(0, await Ledger.Queue.ReapAsync(Token));
        Assert.All(claims, claim => Assert.Equal(1, claim.Lease.FencingToken));
    }

    [Fact]
    public async Task A_lease_that_another_worker_got_is_lost_and_the_others_are_kept()
    {
        await PlannedJobAsync(2);
        var claims = await Ledger.Queue.ClaimSegmentsAsync(Worker, 2, Lease, Token);
        await Fixture.ExecuteAsync($"UPDATE segment SET lease_until = '2001-01-01 00:00:00' WHERE id = {claims[1].Lease.RowId}");
        Assert.Equal(1, await Ledger.Queue.ReapAsync(Token));
        await Fixture.PassBackOffAsync();
        var taken = Assert.Single(await Ledger.Queue.ClaimSegmentsAsync(Guid.NewGuid(), 2, Lease, Token));

        var lost = await Ledger.Queue.ExtendSegmentLeasesAsync([.. claims.Select(claim => claim.Lease)], Lease, Token);

        Assert.Equal([claims[1].Lease], lost);
        Assert.Equal((claims[1].Lease.RowId, 2L), (taken.Lease.RowId, taken.Lease.FencingToken));
    }

    [Fact]
    public async Task An_older_claim_of_the_same_worker_is_lost_too()
    {
        await Ledger.Submissions.SubmitAsync(Submission(), Token);
        var old = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));
        await CrashAsync();
        var current = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));

        var lost = await Ledger.Queue.ExtendJobLeasesAsync([old.Lease, current.Lease], Lease, Token);

        Assert.Equal([old.Lease], lost);
    }

    [Fact]
    public async Task What_is_given_back_is_claimable_at_once_and_costs_no_attempt()
    {
        await PlannedJobAsync(1);
        var segment = await ClaimOneAsync();
        await Ledger.Submissions.SubmitAsync(Submission(), Token);
        var job = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));

        await Ledger.Queue.ReleaseSegmentsAsync([segment.Lease], Token);
        await Ledger.Queue.ReleaseJobsAsync([job.Lease], Token);

        var segmentAgain = await ClaimOneAsync();
        var jobAgain = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));
        Assert.Equal((1, 0, 2L), (segmentAgain.Attempt, segmentAgain.Crashes, segmentAgain.Lease.FencingToken));
        Assert.Equal((1, 0, 2L), (jobAgain.Attempt, jobAgain.Crashes, jobAgain.Lease.FencingToken));
    }

    [Fact]
    public async Task Giving_back_twice_or_too_late_changes_nothing()
    {
        await PlannedJobAsync(1);
        var old = await ClaimOneAsync();
        await Ledger.Queue.ReleaseSegmentsAsync([old.Lease], Token);
        await ClaimOneAsync();

        await Ledger.Queue.ReleaseSegmentsAsync([old.Lease], Token);

        Assert.Empty(await Ledger.Queue.ClaimSegmentsAsync(Worker, 1, Lease, Token));
    }

    [Fact]
    public async Task Cancelling_takes_the_leases_of_a_job()
    {
        var cancelled = await PlannedJobAsync(1);
        var claim = await ClaimOneAsync();

        Assert.True(await Ledger.Queue.CancelAsync(cancelled, "ada", Token));

        Assert.Equal([claim.Lease], await Ledger.Queue.ExtendSegmentLeasesAsync([claim.Lease], Lease, Token));
        Assert.False(await Ledger.Queue.RecordSegmentAsync(claim, Completed(), Token));
        Assert.Equal(JobState.Cancelled, await StateAsync(cancelled));
    }

    public sealed class OnSqlite(SqliteFixture fixture) : LeasesTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : LeasesTests(fixture), IClassFixture<PostgreSqlFixture>;
}
