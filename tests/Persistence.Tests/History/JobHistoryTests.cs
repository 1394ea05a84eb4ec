using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.History;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.History;

public abstract class JobHistoryTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    [Fact]
    public async Task A_job_tells_what_happened_to_it_and_to_each_segment()
    {
        var job = await PlannedJobAsync(2);
        await FinishOneAsync(Completed());
        await FinishOneAsync(Rejected());
        await Ledger.Queue.RetryAsync(job, "night shift", Token);
        await FinishOneAsync(Rejected(RejectionReason.ModelRefused));
        var insight = Assert.Single((await Ledger.Reading.ListInsightsAsync(new() { Jobs = JobFilter.All }, 10, null, Token)).Insights);
        await Ledger.Reviews.AddAsync(
            insight.Insight.Id,
            new(
                0, "ann", [new FieldReview { Pointer = "/summary", Verdict = ReviewVerdict.Accepted }],
                JsonSerializer.SerializeToElement(new { summary = "a cat" })),
            Token);

        var events = (await Ledger.Reading.GetHistoryAsync(job, Token))!;

        Assert.Equal(
            [
                (JobEventKind.Submitted, null), (JobEventKind.Planned, null), (JobEventKind.Answered, 0), (JobEventKind.Retried, null),
                (JobEventKind.Failed, 1), (JobEventKind.Ended, null), (JobEventKind.Reviewed, 0),
            ],
            events.OrderBy(entry => entry.At).ThenBy(entry => entry.Kind == JobEventKind.Reviewed).Select(
                entry => (entry.Kind, entry.Segment)));
        Assert.Equal("night shift", events.Single(entry => entry.Kind == JobEventKind.Retried).Actor);
        var failed = events.Single(entry => entry.Kind == JobEventKind.Failed);
        Assert.Equal(("failed: modelRefused: The answer is no JSON.", "{oops"), (failed.Detail, failed.Answer));
        Assert.Equal("accepted /summary", events.Single(entry => entry.Kind == JobEventKind.Reviewed).Detail);
        var answered = events.Single(entry => entry.Kind == JobEventKind.Answered);
        Assert.StartsWith("100 tokens in, 10 out", answered.Detail, StringComparison.Ordinal);
        Assert.Null(await Ledger.Reading.GetHistoryAsync(Guid.NewGuid(), Token));
    }

    [Fact]
    public async Task What_is_put_off_and_whose_worker_crashed_is_told()
    {
        var job = await PlannedJobAsync(1);
        await ClaimOneAsync();
        await CrashAsync();
        var crashed = (await Ledger.Reading.GetHistoryAsync(job, Token))!;
        await FinishOneAsync(new StageOutcome.Deferred(TimeSpan.FromMinutes(1), "The disk is full."));

        var putOff = (await Ledger.Reading.GetHistoryAsync(job, Token))!.Single(entry => entry.Kind == JobEventKind.PutOff);

        Assert.Equal("It was alone in the worker.", crashed.Single(entry => entry.Kind == JobEventKind.Crashed).Detail);
        Assert.Equal(0, putOff.Segment);
        Assert.StartsWith("The disk is full.", putOff.Detail, StringComparison.Ordinal);
        Assert.True(putOff.At > crashed[0].At);
    }

    [Fact]
    public async Task Quarantined_segments_are_listed_with_their_jobs_and_what_failed_otherwise_is_not()
    {
        var job = await PlannedJobAsync(2);
        await FinishOneAsync(Rejected());
        await Fixture.ExecuteAsync(
            "UPDATE segment SET state = 'Quarantined', finished_at = created_at, detail = 'Three crashes.' WHERE state = 'Ready'");

        var held = Assert.Single(await Ledger.Reading.ListQuarantinedAsync(10, Token));

        Assert.Equal((job, 2, "Three crashes."), (held.JobId, held.Segment!.Page, held.Detail));
    }

    public sealed class OnSqlite(SqliteFixture fixture) : JobHistoryTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : JobHistoryTests(fixture), IClassFixture<PostgreSqlFixture>;
}
