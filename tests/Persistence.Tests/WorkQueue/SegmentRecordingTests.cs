using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.WorkQueue;

public abstract class SegmentRecordingTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    [Fact]
    public async Task An_insight_its_usage_the_counters_the_end_and_the_events_are_stored_together()
    {
        var id = await PlannedJobAsync(1, source: "/media/a.pdf");

        await FinishOneAsync(Completed());

        var record = Assert.Single(await Ledger.Reading.ExportAsync(JobFilter.All, Token).ToListAsync(Token));
        var expected = (StageOutcome.Completed)Completed();
        Assert.Equal(("/media/a.pdf", id, TestTask, "nano@1"), (record.Source, record.Job, record.Task, record.Model));
        Assert.Equal("a cat", record.Insight.GetProperty("summary").GetString());
        Assert.Equal(expected.Usage, record.Usage);
        Assert.Equal(expected.Citations, record.Citations);
        Assert.Equal(expected.Names, record.Names);
        var job = (await Ledger.Reading.GetJobAsync(id, Token))!;
        Assert.Equal((JobState.Completed, SegmentState.Done), (job.Job.State, Assert.Single(job.Segments).State));
        Assert.Equal((new SegmentCounts(1, 1, 0, 0, 0), expected.Usage), (job.Job.Segments, job.Job.Usage));
        Assert.NotNull(job.Job.FinishedAt);
        Assert.Equal(
            [
                new SegmentCompleted { JobId = id, CorrelationId = "order-7", Segment = 0, Usage = expected.Usage },
                new JobCompleted
                {
                    JobId = id,
                    CorrelationId = "order-7",
                    State = JobState.Completed,
                    Planned = 1,
                    Done = 1,
                    Usage = expected.Usage,
                },
            ],
            await PublishedAsync());
    }

    [Fact]
    public async Task A_job_whose_media_was_not_read_whole_ends_with_gaps_though_every_segment_has_its_insight()
    {
        var id = await PlannedJobAsync(2);
        await FinishOneAsync((StageOutcome.Completed)Completed() with { HasGaps = true, Note = "Not read: 1 embedded documents." });
        await FinishOneAsync(Completed());

        Assert.Equal(JobState.CompletedWithGaps, await StateAsync(id));
        Assert.Contains(await PublishedAsync(), message => message is JobCompleted { State: JobState.CompletedWithGaps, Done: 2 });
    }

    [Fact]
    public async Task A_gap_of_one_segment_stays_when_another_is_retried()
    {
        var id = await PlannedJobAsync(2);
        await FinishOneAsync((StageOutcome.Completed)Completed() with { HasGaps = true });
        await FinishOneAsync(Rejected());
        Assert.Equal(JobState.CompletedWithGaps, await StateAsync(id));

        await Ledger.Queue.RetryAsync(id, "test", Token);
        await FinishOneAsync(Completed());

        Assert.Equal(JobState.CompletedWithGaps, await StateAsync(id));
    }

    [Fact]
    public async Task Of_two_completions_one_wins()
    {
        await PlannedJobAsync(1);
        var late = await ClaimOneAsync();
        await CrashAsync();
        var current = await ClaimOneAsync();

        Assert.False(await Ledger.Queue.RecordSegmentAsync(late, Completed("""{"by":"late"}"""), Token));
        var stored = await Task.WhenAll(
            Fixture.Open().Queue.RecordSegmentAsync(late, Completed("""{"by":"late"}"""), Token),
            Fixture.Open().Queue.RecordSegmentAsync(current, Completed("""{"by":"current"}"""), Token));

        Assert.Equal([false, true], stored);
        var exported = Assert.Single(await Ledger.Reading.ExportAsync(JobFilter.All, Token).ToListAsync(Token));
        Assert.Equal("current", exported.Insight.GetProperty("by").GetString());
    }

    [Fact]
    public async Task The_same_completion_from_all_sides_is_stored_once()
    {
        var id = await PlannedJobAsync(2);
        var claim = await ClaimOneAsync();

        var stored = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Fixture.Open().Queue.RecordSegmentAsync(claim, Completed(), Token)));

        Assert.All(stored, Assert.True);
        Assert.Equal(new(2, 1, 0, 0, 0), (await Ledger.Reading.GetJobAsync(id, Token))!.Job.Segments);
        Assert.Equal("1 1 1", await Fixture.AskAsync("""
            SELECT (SELECT count(*) FROM insight) || ' ' || (SELECT count(*) FROM insight_usage) || ' ' || (SELECT count(*) FROM outbox)
            """));
    }

    [Fact]
    public async Task A_completion_that_meets_the_reaper_is_stored_and_no_crash_is_counted()
    {
        await PlannedJobAsync(20);
        var claims = await Ledger.Queue.ClaimSegmentsAsync(Worker, 20, Lease, Token);
        await Fixture.ExpireLeasesAsync();

        var reaping = Fixture.Open().Queue.ReapAsync(Token);
        var stored = await Task.WhenAll(claims.Select(claim => Fixture.Open().Queue.RecordSegmentAsync(claim, Completed(), Token)));
        await reaping;

        Assert.All(stored, Assert.True);
        Assert.Equal("20", await Fixture.AskAsync("SELECT count(*) FROM insight"));
        Assert.Equal("0", await Fixture.AskAsync("SELECT count(*) FROM segment WHERE crash_count > 0 OR state <> 'Done'"));
        Assert.Equal("0", await Fixture.AskAsync("SELECT count(*) FROM crash"));
    }

    [Fact]
    public async Task Parallel_completions_of_a_job_are_all_counted_and_end_it_once()
    {
        var id = await PlannedJobAsync(24);
        var claims = await Ledger.Queue.ClaimSegmentsAsync(Worker, 24, Lease, Token);

        await Task.WhenAll(claims.Chunk(4).Select(async chunk =>
        {
            foreach (var claim in chunk)
                Assert.True(await Fixture.Open().Queue.RecordSegmentAsync(claim, Completed(), Token));
        }));

        Assert.Equal(JobState.Completed, await StateAsync(id));
        Assert.Single((await PublishedAsync()).OfType<JobCompleted>());
    }

    [Fact]
    public async Task A_deferral_waits_and_counts_only_when_the_item_is_to_blame()
    {
        await PlannedJobAsync(1);
        await FinishOneAsync(new StageOutcome.Deferred(TimeSpan.FromMinutes(1), "The model server is away.", FaultScope.Engine));
        Assert.Equal("The model server is away.", (await Ledger.Reading.PutOffAsync(JobFilter.All, Token))?.Why);
        Assert.Empty(await Ledger.Queue.ClaimSegmentsAsync(Worker, 1, Lease, Token));
        await Fixture.PassBackOffAsync();

        var attempts = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            attempts.Add((await FinishOneAsync(new StageOutcome.Deferred(TimeSpan.Zero, "The disk is full."))).Attempt);
            Assert.Empty(await Ledger.Queue.ClaimSegmentsAsync(Worker, 1, Lease, Token));
            await Fixture.PassBackOffAsync();
        }

        Assert.Equal([1, 2, 3], attempts);
        var failure = Assert.Single(await Ledger.Reading.ListFailuresAsync(JobFilter.All, null, 0, 10, Token));
        Assert.Equal(
            (RejectionReason.AttemptsExhausted, "Tried 3 times; the last time: The disk is full."),
            (failure.Reason, failure.Detail));
    }

    [Fact]
    public async Task A_segment_at_which_the_engine_breaks_off_is_quarantined_at_the_third_time()
    {
        var id = await PlannedJobAsync(2);
        await FinishOneAsync(new StageOutcome.Rejected(RejectionReason.InvalidAnswer, "Wrong.", Usage: new() { InputTokens = 100 }));
        var broken = new StageOutcome.Deferred(TimeSpan.Zero, "The connection broke off.")
        {
            BreaksEngine = true,
            Usage = new() { InputTokens = 7 }
        };
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(JobState.Analysing, await StateAsync(id));
            await FinishOneAsync(broken);
            await Fixture.PassBackOffAsync();
        }

        Assert.Equal(JobState.Rejected, await StateAsync(id));
        Assert.Equal("1", await Fixture.AskAsync(
            "SELECT count(*) FROM segment "
            + "WHERE state = 'Quarantined' AND detail LIKE '%broke off 3 times%The connection broke off.'"));
        Assert.Equal("0", await Fixture.AskAsync("SELECT max(crash_count) FROM segment"));
        Assert.Equal("121", await Fixture.AskAsync("SELECT input_tokens FROM job"));
    }

    [Fact]
    public async Task Answers_without_an_insight_are_charged_too()
    {
        await PlannedJobAsync(1);

        await FinishOneAsync(new StageOutcome.Deferred(TimeSpan.Zero, "No choice.") { Usage = new() { OutputTokens = 3 } });
        await Fixture.PassBackOffAsync();
        await FinishOneAsync(
            new StageOutcome.Rejected(RejectionReason.InvalidAnswer, "Wrong.", "{}", new() { InputTokens = 100, OutputTokens = 10 }));

        Assert.Equal("100 13", await Fixture.AskAsync("SELECT input_tokens || ' ' || output_tokens FROM job"));
    }

    [Fact]
    public async Task A_deferral_stored_again_is_still_stored()
    {
        await PlannedJobAsync(1);
        var claim = await ClaimOneAsync();
        var deferred = new StageOutcome.Deferred(TimeSpan.FromHours(1), "Later.");

        Assert.True(await Ledger.Queue.RecordSegmentAsync(claim, deferred, Token));
        Assert.True(await Ledger.Queue.RecordSegmentAsync(claim, deferred, Token));

        Assert.Equal("1", await Fixture.AskAsync("SELECT attempt FROM segment"));
    }

    [Fact]
    public async Task The_synthesis_comes_last_with_the_insights_and_the_gaps()
    {
        var id = await PlannedJobAsync(3, synthesis: true);
        await FinishOneAsync(Completed("""{"page":1}"""));
        await FinishOneAsync(Rejected());
        Assert.Single(await Ledger.Queue.ClaimSegmentsAsync(Worker, 10, Lease, Token));
        await CrashAsync();
        await FinishOneAsync(Completed("""{"page":3}"""));

        var synthesis = await FinishOneAsync(Completed("""{"pages":2}"""));

        Assert.Equal((3, SegmentKind.Synthesis), (synthesis.Job.Segment.Number, synthesis.Job.Segment.Kind));
        Assert.Equal([0, 2], synthesis.Job.Insights.Select(insight => insight.Segment.Number));
        Assert.Equal([1, 3], synthesis.Job.Insights.Select(insight => insight.Insight.GetProperty("page").GetInt32()));
        Assert.Equal(((StageOutcome.Completed)Completed()).Citations, synthesis.Job.Insights[0].Citations);
        Assert.Equal([2], synthesis.Job.Gaps.Select(gap => gap.Page!.Value));
        Assert.Equal(JobState.CompletedWithGaps, await StateAsync(id));
        Assert.Equal(new(4, 3, 1, 0, 0), (await Ledger.Reading.GetJobAsync(id, Token))!.Job.Segments);
    }

    [Fact]
    public async Task A_job_without_any_insight_is_rejected_for_the_most_frequent_reason()
    {
        var id = await PlannedJobAsync(3, synthesis: true);
        await FinishOneAsync(Rejected(RejectionReason.TimedOut));
        await FinishOneAsync(Rejected(RejectionReason.InvalidAnswer));
        await FinishOneAsync(Rejected(RejectionReason.InvalidAnswer));

        var job = (await Ledger.Reading.GetJobAsync(id, Token))!;
        Assert.Equal((JobState.Rejected, RejectionReason.InvalidAnswer), (job.Job.State, job.Job.Reason));
        Assert.Equal("None of 3 segments has an insight; the first: The answer is no JSON.", job.Job.Detail);
        Assert.Equal(new(4, 0, 3, 0, 1), job.Job.Segments);
        Assert.Equal(SegmentState.Cancelled, job.Segments[3].State);
        Assert.Equal("{oops", (await Ledger.Reading.ListFailuresAsync(JobFilter.All, null, 0, 10, Token))[0].RawAnswer);
        Assert.Equal(JobState.Rejected, Assert.IsType<JobRejected>(Assert.Single(await PublishedAsync())).State);
    }

    [Fact]
    public async Task Characters_that_a_database_cannot_store_do_not_cost_the_insight()
    {
        await PlannedJobAsync(2);

        await FinishOneAsync(Completed("""{"text":"a\u0000b\ud800c\\u0000 \ud83d\ude00"}"""));
        await FinishOneAsync(new StageOutcome.Rejected(RejectionReason.InvalidAnswer, "No\0JSON", "raw\0answer"));

        var record = Assert.Single(await Ledger.Reading.ExportAsync(JobFilter.All, Token).ToListAsync(Token));
        Assert.Equal("a\uFFFDb\uFFFDc\\u0000 😀", record.Insight.GetProperty("text").GetString());
        var failure = Assert.Single(await Ledger.Reading.ListFailuresAsync(JobFilter.All, null, 0, 10, Token));
        Assert.Equal(("No\uFFFDJSON", "raw\uFFFDanswer"), (failure.Detail, failure.RawAnswer));
    }

    [Fact]
    public async Task The_database_itself_refuses_a_job_that_ends_with_a_segment_unaccounted_for()
    {
        await PlannedJobAsync(2);

        var refused = await Assert.ThrowsAnyAsync<Exception>(
            () => Fixture.ExecuteAsync("UPDATE job SET state = 'Completed', finished_at = '2026-01-01 00:00:00', done = 1"));

        Assert.Contains("ck_job_closed", refused.Message, StringComparison.Ordinal);
    }

    public sealed class OnSqlite(SqliteFixture fixture) : SegmentRecordingTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : SegmentRecordingTests(fixture), IClassFixture<PostgreSqlFixture>;
}
