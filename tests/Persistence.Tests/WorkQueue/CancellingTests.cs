using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.WorkQueue;

public abstract class CancellingTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    [Fact]
    public async Task Every_open_segment_is_cancelled_and_what_is_done_stays()
    {
        var id = await PlannedJobAsync(3, synthesis: true);
        await FinishOneAsync(Completed());
        await ClaimOneAsync();

        Assert.True(await Ledger.Queue.CancelAsync(id, "ada", Token));

        var job = (await Ledger.Reading.GetJobAsync(id, Token))!.Job;
        Assert.Equal((JobState.Cancelled, new(4, 1, 0, 0, 3), "Cancelled by ada."), (job.State, job.Segments, job.Detail));
        Assert.Empty(await Ledger.Queue.ClaimSegmentsAsync(Worker, 10, Lease, Token));
        Assert.Equal("cancel ada", await Fixture.AskAsync("SELECT action || ' ' || actor FROM audit"));
        var rejected = Assert.Single((await PublishedAsync()).OfType<JobRejected>());
        Assert.Equal((JobState.Cancelled, null), (rejected.State, rejected.Reason));
    }

    [Fact]
    public async Task A_job_that_is_being_planned_is_cancelled_and_its_plan_comes_too_late()
    {
        var submission = Submission();
        await Ledger.Submissions.SubmitAsync(submission, Token);
        var claim = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));

        Assert.True(await Ledger.Queue.CancelAsync(submission.Job.JobId, "ada", Token));

        Assert.False(await Ledger.Queue.RecordPlanAsync(claim, Plan(1), Token));
        Assert.Equal([claim.Lease], await Ledger.Queue.ExtendJobLeasesAsync([claim.Lease], Lease, Token));
    }

    [Fact]
    public async Task A_job_that_has_ended_or_does_not_exist_cannot_be_cancelled()
    {
        var id = await PlannedJobAsync(1);
        await FinishOneAsync(Completed());

        Assert.False(await Ledger.Queue.CancelAsync(id, "ada", Token));
        Assert.False(await Ledger.Queue.CancelAsync(Guid.NewGuid(), "ada", Token));
        Assert.Equal(JobState.Completed, await StateAsync(id));
    }

    [Fact]
    public async Task Cancelling_while_segments_complete_loses_none()
    {
        var id = await PlannedJobAsync(12);
        var claims = await Ledger.Queue.ClaimSegmentsAsync(Worker, 12, Lease, Token);

        var completions = claims.Select(claim => Fixture.Open().Queue.RecordSegmentAsync(claim, Completed(), Token)).ToList();
        var cancelled = await Fixture.Open().Queue.CancelAsync(id, "ada", Token);
        var done = (await Task.WhenAll(completions)).Count(stored => stored);

        var job = (await Ledger.Reading.GetJobAsync(id, Token))!.Job;
        Assert.Equal(cancelled ? JobState.Cancelled : JobState.Completed, job.State);
        Assert.Equal(new(12, done, 0, 0, 12 - done), job.Segments);
    }

    public sealed class OnSqlite(SqliteFixture fixture) : CancellingTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : CancellingTests(fixture), IClassFixture<PostgreSqlFixture>;
}
