using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Tests.Fixtures;
using Qwen35Batch.Persistence.WorkQueue;

namespace Qwen35Batch.Persistence.Tests.WorkQueue;

public abstract class PlanRecordingTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    [Fact]
    public async Task A_plan_of_one_segment_can_keep_it_for_the_worker_that_made_it()
    {
        var submission = Submission();
        await Ledger.Submissions.SubmitAsync(submission, Token);
        var job = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));

        var (stored, next) = await Ledger.Queue.RecordPlanAndClaimAsync(job, (StageOutcome.Planned)Plan(1), Lease, Token);

        Assert.True(stored);
        Assert.Equal((submission.Job.JobId, submission.Job.Source, TestTask), (next!.Job.JobId, next.Job.Source, next.Job.Task));
        Assert.Equal((0, 1, true), (next.Job.Segment.Number, next.Attempt, next.IsOnly));
        Assert.Empty(await Ledger.Queue.ClaimSegmentsAsync(Guid.NewGuid(), 1, Lease, Token));
        Assert.Empty(await Ledger.Queue.ExtendSegmentLeasesAsync([next.Lease], Lease, Token));
        Assert.True(await Ledger.Queue.RecordSegmentAsync(next, Completed(), Token));
        Assert.Equal(JobState.Completed, await StateAsync(submission.Job.JobId));
    }

    [Fact]
    public async Task A_plan_whose_lease_was_lost_keeps_nothing()
    {
        await Ledger.Submissions.SubmitAsync(Submission(), Token);
        var late = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));
        await CrashAsync();
        Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));

        Assert.Equal((false, null), await Ledger.Queue.RecordPlanAndClaimAsync(late, (StageOutcome.Planned)Plan(1), Lease, Token));
        Assert.Equal("0", await Fixture.AskAsync("SELECT count(*) FROM segment"));
    }

    [Fact]
    public async Task A_plan_makes_its_segments_ready_and_lets_the_synthesis_wait()
    {
        var id = await PlannedJobAsync(2, synthesis: true);

        var claims = await Ledger.Queue.ClaimSegmentsAsync(Worker, 10, Lease, Token);

        Assert.Equal([0, 1], claims.Select(claim => claim.Job.Segment.Number));
        var job = (await Ledger.Reading.GetJobAsync(id, Token))!;
        Assert.Equal((JobState.Analysing, MediaKind.Pdf, TestTask), (job.Job.State, job.Job.MediaKind, job.Job.Task));
        Assert.Equal(new(3, 0, 0, 0, 0), job.Job.Segments);
        Assert.Equal([SegmentKind.Page, SegmentKind.Page, SegmentKind.Synthesis], job.Segments.Select(segment => segment.Segment.Kind));
    }

    [Fact]
    public async Task A_job_that_can_never_be_done_is_rejected_and_says_so()
    {
        var claim = await ClaimedJobAsync();

        Assert.True(
            await Ledger.Queue.RecordPlanAsync(
                claim, new StageOutcome.Rejected(RejectionReason.Encrypted, "The document /media/a.png needs a password."), Token));

        var job = (await Ledger.Reading.GetJobAsync(claim.Job.JobId, Token))!.Job;
        Assert.Equal((JobState.Rejected, RejectionReason.Encrypted), (job.State, job.Reason));
        Assert.Equal(
            new JobRejected
            {
                JobId = claim.Job.JobId,
                CorrelationId = "order-7",
                State = JobState.Rejected,
                Reason = RejectionReason.Encrypted,
                Detail = "The document /media/a.png needs a password.",
            },
            Assert.Single(await PublishedAsync()));
    }

    [Fact]
    public async Task Every_reason_can_be_stored()
    {
        foreach (var reason in Enum.GetValues<RejectionReason>())
        {
            await Ledger.Submissions.SubmitAsync(Submission($"/media/{reason}.png"), Token);
            var claim = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));

            await Ledger.Queue.RecordPlanAsync(claim, new StageOutcome.Rejected(reason, "It is of no use."), Token);

            Assert.Equal(reason, (await Ledger.Reading.GetJobAsync(claim.Job.JobId, Token))!.Job.Reason);
        }
    }

    [Fact]
    public async Task What_is_put_off_comes_back_later_until_its_attempts_are_exhausted()
    {
        await ClaimedJobAsync();
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await Fixture.PassBackOffAsync();
            var claim = attempt == 1 ? await ReclaimAsync() : Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));
            Assert.Equal(attempt, claim.Attempt);
            await Ledger.Queue.RecordPlanAsync(claim, new StageOutcome.Deferred(TimeSpan.FromSeconds(1), "503 from the server."), Token);
            Assert.Equal(attempt < 3 ? "503 from the server." : null, (await Ledger.Reading.PutOffAsync(JobFilter.All, Token))?.Why);
            Assert.Empty(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));
        }

        var rejected = Assert.IsType<JobRejected>(Assert.Single(await PublishedAsync()));
        Assert.Equal(
            (RejectionReason.AttemptsExhausted, "Tried 3 times; the last time: 503 from the server."), (rejected.Reason, rejected.Detail));

        async Task<JobClaim> ReclaimAsync()
        {
            await Fixture.ExecuteAsync("UPDATE job SET lease_until = NULL, attempt = 0");
            return Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));
        }
    }

    [Fact]
    public async Task What_the_job_is_not_to_blame_for_is_tried_as_often_as_it_takes()
    {
        var claim = await ClaimedJobAsync();
        for (var time = 0; time < 8; time++)
        {
            Assert.Equal(1, claim.Attempt);
            await Ledger.Queue.RecordPlanAsync(
                claim, new StageOutcome.Deferred(TimeSpan.FromMinutes(1), "The disk is full.", FaultScope.Machine), Token);
            await Fixture.PassBackOffAsync();
            claim = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));
        }

        Assert.Empty(await PublishedAsync());
    }

    [Fact]
    public async Task A_plan_under_a_lost_lease_stores_nothing()
    {
        var late = await ClaimedJobAsync();
        await CrashAsync();
        var current = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Guid.NewGuid(), 1, Lease, Token));

        Assert.False(await Ledger.Queue.RecordPlanAsync(late, Plan(5), Token));
        Assert.True(await Ledger.Queue.RecordPlanAsync(current, Plan(1), Token));
        Assert.False(await Ledger.Queue.RecordPlanAsync(late, Plan(5), Token));

        Assert.Equal(1, (await Ledger.Reading.GetJobAsync(late.Job.JobId, Token))!.Job.Segments.Planned);
    }

    [Fact]
    public async Task A_plan_stored_again_is_stored_once()
    {
        var claim = await ClaimedJobAsync();

        Assert.True(await Ledger.Queue.RecordPlanAsync(claim, Plan(2), Token));
        Assert.True(await Ledger.Queue.RecordPlanAsync(claim, Plan(2), Token));

        Assert.Equal("2", await Fixture.AskAsync("SELECT count(*) FROM segment"));
    }

    [Fact]
    public async Task A_plan_without_segments_is_refused()
    {
        var claim = await ClaimedJobAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => Ledger.Queue.RecordPlanAsync(claim, Plan(0), Token));

        Assert.Equal(JobState.Accepted, await StateAsync(claim.Job.JobId));
    }

    private async Task<JobClaim> ClaimedJobAsync()
    {
        await Ledger.Submissions.SubmitAsync(Submission(), Token);
        return Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));
    }

    public sealed class OnSqlite(SqliteFixture fixture) : PlanRecordingTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : PlanRecordingTests(fixture), IClassFixture<PostgreSqlFixture>;
}
