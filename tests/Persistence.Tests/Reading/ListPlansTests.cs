using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Searching;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.Reading;

/// <summary>How PostgreSQL answers what pages and programs ask again and again, when what is asked for is old and rare.</summary>
public sealed class ListPlansTests(PostgreSqlFixture fixture) : LedgerTest(fixture), IClassFixture<PostgreSqlFixture>
{
    private const int DoneSegments = 38_844;

    private readonly QueryPlans _plans = new();

    [Fact]
    public async Task Jobs_of_rare_states_are_found_without_passing_over_newer_ones()
    {
        await FillAsync();

        var page = await Asked.Reading.ListJobsAsync(new() { States = [JobState.Rejected, JobState.Cancelled] }, 10, null, Token);

        Assert.Equal(["/80", "/79"], page.Jobs.Take(2).Select(job => job.Source));
        Assert.Equal(2, _plans.Count);
        Assert.All(_plans, plan => Assert.Contains("ix_job_state_id", plan, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_newest_failures_are_read_in_the_order_of_an_index()
    {
        await FillAsync();

        var failures = await Asked.Reading.ListFailuresAsync(JobFilter.All, null, 0, 10, Token);

        Assert.Equal(10, failures.Count);
        Assert.Contains("Backward using ix_segment_failed", _plans[0], StringComparison.Ordinal);
        Assert.Contains("Backward using ix_job_failed", _plans[1], StringComparison.Ordinal);
        Assert.All(_plans.Take(2), plan => Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_used_lately_is_added_up_without_what_was_used_before()
    {
        await FillAsync();
        await FillInsightsAsync();
        await Fixture.ExecuteAsync("ANALYZE");

        var counts = await Asked.Reading.CountsAsync(TimeSpan.FromMinutes(5), Token);

        Assert.InRange(counts.SegmentsDoneInWindow, 1, 1_000);
        Assert.Equal(7 * counts.SegmentsDoneInWindow, counts.UsageInWindow.InputTokens);
        Assert.DoesNotContain("Seq Scan", Assert.Single(_plans, plan => plan.Contains("insight_usage", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_in_no_insight_is_not_looked_for_in_all()
    {
        await FillAsync();
        await FillInsightsAsync();
        // As common as every known term is, the database believes an unknown one to be common, too.
        await Fixture.ExecuteAsync("INSERT INTO insight_terms SELECT id, to_tsvector('simple', 'two lines') FROM insight");
        await Fixture.ExecuteAsync("ANALYZE");

        var page = await Asked.Reading.ListInsightsAsync(
            new() { Jobs = JobFilter.All, Query = SearchQuery.Read("zebra") }, 10, null, Token);

        Assert.Empty(page.Insights);
        Assert.Contains(_plans, plan => plan.Contains("Bitmap Index Scan on ix_insight_terms_terms", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_only_old_insights_have_is_found_newest_first()
    {
        await FillAsync();
        await FillInsightsAsync();
        await Fixture.ExecuteAsync("""
            UPDATE insight SET insight = jsonb_build_object('text', CASE WHEN id < (SELECT min(id) + 12000 FROM insight) THEN 'old'
                WHEN id = (SELECT max(id) - 10000 FROM insight) THEN 'rare' WHEN id % 7 = 0 THEN 'often' ELSE 'two' END)
            """);
        await Fixture.ExecuteAsync("INSERT INTO insight_terms SELECT id, to_tsvector('simple', insight ->> 'text') FROM insight");
        await Fixture.ExecuteAsync("ANALYZE");
        var newest = Assert.Single((await Ledger.Reading.ListInsightsAsync(new() { Jobs = JobFilter.All }, 1, null, Token)).Insights);
        var last = newest.Insight.Id;
        var often = last - (last % 7);
        var old = last - DoneSegments + 12_000;

        Assert.Equal([often, often - 7, often - 14], await FoundAsync("often"));
        Assert.Equal([last - 10_000], await FoundAsync("rare"));
        Assert.Equal([old, old - 1, old - 2], await FoundAsync("old"));

        async Task<IEnumerable<long>> FoundAsync(string term)
        {
            var page = await Ledger.Reading.ListInsightsAsync(
                new() { Jobs = JobFilter.All, Query = SearchQuery.Read(term) }, 3, null, Token);
            return page.Insights.Select(found => found.Insight.Id);
        }
    }

    private async Task FillInsightsAsync()
    {
        await Fixture.ExecuteAsync("""
            INSERT INTO insight (job_id, segment_id, number, task_name, task_version, model, insight, created_at)
            SELECT job_id, id, number, 'describe', '1', 'model', '{{}}', now() - ((SELECT max(id) FROM job) - job_id) * interval '1 second'
            FROM segment WHERE state = 'Done' ORDER BY job_id, number
            """);
        await Fixture.ExecuteAsync("""
            INSERT INTO insight_usage (insight_id, input_tokens, cached_input_tokens, output_tokens, pictures, model_milliseconds)
            SELECT id, 7, 0, 3, 0, 1 FROM insight
            """);
    }

    private Ledger Asked => Fixture.Open(options => options.AddInterceptors(_plans));

    /// <summary>The oldest 80 of 20,000 jobs were rejected; every twentieth of the others lacks its segment.</summary>
    private async Task FillAsync()
    {
        await Fixture.ExecuteAsync("""
            INSERT INTO job (job_id, dedupe_key, payload_sha256, source, requested_task, options, state, reason, planned, done,
                failed, quarantined, cancelled, input_tokens, cached_input_tokens, output_tokens, pictures, model_milliseconds,
                schema_version, priority, run_at, attempt, crash_count, lease_token, recorded_token, created_at, finished_at)
            SELECT gen_random_uuid(), 'key ' || i, '', '/' || i, 'describe', '{{}}',
                CASE WHEN i <= 80 THEN 'Rejected' WHEN i % 20 = 0 THEN 'CompletedWithGaps' ELSE 'Completed' END,
                CASE WHEN i <= 80 THEN 'SourceNotFound' END,
                CASE WHEN i <= 80 THEN 0 ELSE 2 END, CASE WHEN i <= 80 THEN 0 WHEN i % 20 = 0 THEN 1 ELSE 2 END,
                CASE WHEN i > 80 AND i % 20 = 0 THEN 1 ELSE 0 END, 0, 0,
                0, 0, 0, 0, 0, 1, 0, now(), 1, 0, 1, 1, now(), now() + i * interval '1 second'
            FROM generate_series(1, 20000) AS i
            """);
        await Fixture.ExecuteAsync("""
            INSERT INTO segment (job_id, number, kind, state, reason, awaits_others, schema_version, priority, run_at, attempt, crash_count,
                lease_token, recorded_token, created_at, finished_at)
            SELECT job.id, number, 'Page', CASE WHEN number < job.done THEN 'Done' ELSE 'Failed' END,
                CASE WHEN number < job.done THEN NULL ELSE 'TimedOut' END, false, 1, 0,
                now(), 1, 0, 1, 1, now(), job.finished_at
            FROM job, generate_series(0, 1) AS number WHERE job.planned = 2
            """);
        await Fixture.ExecuteAsync("ANALYZE");
    }
}
