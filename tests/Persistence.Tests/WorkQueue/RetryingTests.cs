using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.WorkQueue;

public abstract class RetryingTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    [Fact]
    public async Task A_failed_segment_is_ready_again_and_the_synthesis_is_made_anew()
    {
        var id = await PlannedJobAsync(2, synthesis: true);
        await FinishOneAsync(Completed());
        await FinishOneAsync(Rejected());
        await FinishOneAsync(Completed("""{"pages":1}"""));
        Assert.Equal(JobState.CompletedWithGaps, await StateAsync(id));

        Assert.Equal(1, await Ledger.Queue.RetryAsync(id, "ada", Token));

        Assert.Equal(
            (JobState.Analysing, new(3, 1, 0, 0, 0)),
            ((await Ledger.Reading.GetJobAsync(id, Token))!.Job.State, (await Ledger.Reading.GetJobAsync(id, Token))!.Job.Segments));
        var retried = Assert.Single(await Ledger.Queue.ClaimSegmentsAsync(Worker, 10, Lease, Token));
        Assert.Equal((1, 1, 2L), (retried.Job.Segment.Number, retried.Attempt, retried.Lease.FencingToken));
        await Ledger.Queue.RecordSegmentAsync(retried, Completed(), Token);
        Assert.Equal(2, (await FinishOneAsync(Completed("""{"pages":2}"""))).Job.Insights.Count);

        var job = (await Ledger.Reading.GetJobAsync(id, Token))!.Job;
        Assert.Equal((JobState.Completed, new(3, 3, 0, 0, 0), 300), (job.State, job.Segments, job.Usage.InputTokens));
        var insights = await Ledger.Reading.ExportAsync(JobFilter.All, Token).ToListAsync(Token);
        Assert.Equal(3, insights.Count);
        Assert.Equal(2, insights[2].Insight.GetProperty("pages").GetInt32());
        Assert.Equal(
            [JobState.CompletedWithGaps, JobState.Completed],
            (await PublishedAsync()).OfType<JobCompleted>().Select(completed => completed.State));
        Assert.Equal("retry ada 1 segments", await Fixture.AskAsync("SELECT action || ' ' || actor || ' ' || detail FROM audit"));
    }

    [Fact]
    public async Task A_failed_synthesis_alone_is_ready_at_once()
    {
        var id = await PlannedJobAsync(1, synthesis: true);
        await FinishOneAsync(Completed());
        await FinishOneAsync(Rejected());

        Assert.Equal(1, await Ledger.Queue.RetryAsync(id, "ada", Token));

        Assert.Equal(SegmentKind.Synthesis, (await FinishOneAsync(Completed())).Job.Segment.Kind);
        Assert.Equal(JobState.Completed, await StateAsync(id));
    }

    [Fact]
    public async Task A_rejected_job_is_planned_anew()
    {
        var submission = Submission();
        await Ledger.Submissions.SubmitAsync(submission, Token);
        var claim = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));
        await Ledger.Queue.RecordPlanAsync(
            claim, new StageOutcome.Rejected(RejectionReason.SourceNotFound, "There is no /media/a.png."), Token);

        Assert.Equal(1, await Ledger.Queue.RetryAsync(submission.Job.JobId, "ada", Token));

        var again = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));
        Assert.Equal((1, 2L), (again.Attempt, again.Lease.FencingToken));
        Assert.True(await Ledger.Queue.RecordPlanAsync(again, Plan(1), Token));
    }

    [Fact]
    public async Task A_job_of_failures_only_and_its_cancelled_synthesis_come_back()
    {
        var id = await PlannedJobAsync(2, synthesis: true);
        await FinishOneAsync(Rejected());
        await FinishOneAsync(Rejected());

        Assert.Equal(2, await Ledger.Queue.RetryAsync(id, "ada", Token));

        for (var i = 0; i < 3; i++)
            await FinishOneAsync(Completed());
        Assert.Equal(JobState.Completed, await StateAsync(id));
    }

    [Fact]
    public async Task A_cancelled_job_goes_on_where_it_was()
    {
        var id = await PlannedJobAsync(2, synthesis: true);
        await FinishOneAsync(Completed());
        await Ledger.Queue.CancelAsync(id, "ada", Token);

        Assert.Equal(2, await Ledger.Queue.RetryAsync(id, "ada", Token));

        Assert.Equal(1, (await FinishOneAsync(Completed())).Job.Segment.Number);
        Assert.Equal(2, (await FinishOneAsync(Completed())).Job.Segment.Number);
        Assert.Equal(JobState.Completed, await StateAsync(id));
    }

    [Fact]
    public async Task There_is_nothing_to_retry_in_a_completed_or_unknown_job()
    {
        var id = await PlannedJobAsync(1);
        await FinishOneAsync(Completed());

        Assert.Equal(0, await Ledger.Queue.RetryAsync(id, "ada", Token));
        Assert.Equal(0, await Ledger.Queue.RetryAsync(Guid.NewGuid(), "ada", Token));
        Assert.Equal("0", await Fixture.AskAsync("SELECT count(*) FROM audit"));
    }

    [Fact]
    public async Task Failures_of_one_reason_are_retried_across_jobs_and_cancelled_ones_are_not()
    {
        await PlannedJobAsync(2);
        await FinishOneAsync(Rejected(RejectionReason.TimedOut));
        await FinishOneAsync(Rejected(RejectionReason.InvalidAnswer));
        await PlannedJobAsync(1);
        await FinishOneAsync(Rejected(RejectionReason.TimedOut));
        var cancelled = await PlannedJobAsync(1);
        await Ledger.Queue.CancelAsync(cancelled, "ada", Token);

        Assert.Equal(2, await Ledger.Queue.RetryFailedAsync(JobFilter.All, RejectionReason.TimedOut, "ada", Token));
        Assert.Equal(2, (await Ledger.Queue.ClaimSegmentsAsync(Worker, 10, Lease, Token)).Count);
        Assert.Equal(1, await Ledger.Queue.RetryFailedAsync(JobFilter.All, null, "ada", Token));
        Assert.Equal(JobState.Cancelled, await StateAsync(cancelled));
    }

    [Fact]
    public async Task A_failure_in_a_cancelled_job_is_not_retried_with_the_others()
    {
        var cancelled = await PlannedJobAsync(3, synthesis: true);
        await FinishOneAsync(Completed());
        await FinishOneAsync(Rejected());
        await Ledger.Queue.CancelAsync(cancelled, "ada", Token);

        Assert.Equal(0, await Ledger.Queue.RetryFailedAsync(JobFilter.All, null, "ada", Token));

        Assert.Equal(JobState.Cancelled, await StateAsync(cancelled));
        Assert.Equal(3, await Ledger.Queue.RetryAsync(cancelled, "ada", Token));
    }

    public sealed class OnSqlite(SqliteFixture fixture) : RetryingTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : RetryingTests(fixture), IClassFixture<PostgreSqlFixture>;
}
