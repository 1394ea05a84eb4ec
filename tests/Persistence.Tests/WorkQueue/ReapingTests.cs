using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.WorkQueue;

public abstract class ReapingTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    [Fact]
    public async Task A_crash_is_counted_apart_from_attempts_and_backs_off()
    {
        await PlannedJobAsync(1);
        await ClaimOneAsync();
        await Fixture.ExpireLeasesAsync();

        Assert.Equal(1, await Ledger.Queue.ReapAsync(Token));
        Assert.Empty(await Ledger.Queue.ClaimSegmentsAsync(Worker, 1, Lease, Token));
        await Fixture.PassBackOffAsync();

        var again = await ClaimOneAsync();
        Assert.Equal((1, 1, 2L), (again.Attempt, again.Crashes, again.Lease.FencingToken));
    }

    [Fact]
    public async Task A_lease_that_runs_is_left_alone()
    {
        await PlannedJobAsync(1);
        await ClaimOneAsync();

        Assert.Equal(0, await Ledger.Queue.ReapAsync(Token));
    }

    [Fact]
    public async Task All_leases_of_a_dead_process_can_be_ended_before_they_expire()
    {
        await PlannedJobAsync(2);
        await Ledger.Queue.ClaimSegmentsAsync(Worker, 2, Lease, Token);
        await Ledger.Submissions.SubmitAsync(Submission(), Token);
        await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token);

        Assert.Equal(3, await Ledger.Queue.EndAllLeasesAsync(Token));

        await Fixture.PassBackOffAsync();
        Assert.Equal(1, (await ClaimOneAsync()).Crashes);
        Assert.Equal(1, Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token)).Crashes);
    }

    [Fact]
    public async Task The_third_crash_quarantines_a_segment_and_its_neighbours_go_on()
    {
        var id = await PlannedJobAsync(2, synthesis: true);
        for (var i = 0; i < 3; i++)
        {
            await Fixture.ExecuteAsync("UPDATE segment SET priority = 1 WHERE number = 0");
            Assert.Equal(0, (await ClaimOneAsync()).Job.Segment.Number);
            await CrashAsync();
        }
        await FinishOneAsync(Completed());
        var synthesis = await FinishOneAsync(Completed());

        Assert.Equal([0], synthesis.Job.Gaps.Select(gap => gap.Number));
        var job = (await Ledger.Reading.GetJobAsync(id, Token))!;
        Assert.Equal(
            (JobState.CompletedWithGaps, SegmentState.Quarantined, 3), (job.Job.State, job.Segments[0].State, job.Segments[0].Crashes));
        var failure = Assert.Single(await Ledger.Reading.ListFailuresAsync(JobFilter.All, null, 0, 10, Token));
        Assert.Null(failure.Reason);
        Assert.StartsWith("The worker stopped 3 times", failure.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_whose_segments_are_all_quarantined_is_quarantined()
    {
        var id = await PlannedJobAsync(1);
        for (var i = 0; i < 3; i++)
        {
            await ClaimOneAsync();
            await CrashAsync();
        }

        Assert.Equal(JobState.Quarantined, await StateAsync(id));
        var rejected = Assert.IsType<JobRejected>(Assert.Single(await PublishedAsync()));
        Assert.Equal((JobState.Quarantined, null), (rejected.State, rejected.Reason));
    }

    [Fact]
    public async Task The_third_crash_in_planning_quarantines_the_job()
    {
        var submission = Submission();
        await Ledger.Submissions.SubmitAsync(submission, Token);
        for (var crashes = 0; crashes < 3; crashes++)
        {
            var claim = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));
            Assert.Equal((1, crashes), (claim.Attempt, claim.Crashes));
            await CrashAsync();
        }

        Assert.Equal(JobState.Quarantined, await StateAsync(submission.Job.JobId));
        Assert.Empty(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));
    }

    [Fact]
    public async Task A_lease_that_cannot_be_ended_keeps_no_other_and_no_old_event()
    {
        var damaged = await PlannedJobAsync(2, synthesis: true);
        await FinishOneAsync(Completed());
        await ClaimOneAsync();
        // Damage that ends in an exception: two segments that await the others.
        await Fixture.ExecuteAsync("UPDATE segment SET awaits_others = (number <> 1), crash_count = 2");
        var sound = await PlannedJobAsync(1);
        Assert.Single(await Ledger.Queue.ClaimSegmentsAsync(Guid.NewGuid(), 1, Lease, Token));
        await PublishedAsync();
        await Fixture.ExecuteAsync("UPDATE outbox SET sent_at = '2001-01-01 00:00:00'");
        await Fixture.ExpireLeasesAsync();

        await Assert.ThrowsAsync<AggregateException>(() => Ledger.Queue.ReapAsync(Token));

        Assert.Equal(SegmentState.Leased, (await Ledger.Reading.GetJobAsync(damaged, Token))!.Segments[1].State);
        Assert.Equal(1, Assert.Single((await Ledger.Reading.GetJobAsync(sound, Token))!.Segments).Crashes);
        Assert.Equal("0", await Fixture.AskAsync("SELECT count(*) FROM outbox"));
    }

    public sealed class OnSqlite(SqliteFixture fixture) : ReapingTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : ReapingTests(fixture), IClassFixture<PostgreSqlFixture>;
}
