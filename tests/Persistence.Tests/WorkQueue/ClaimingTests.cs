using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.WorkQueue;

public abstract class ClaimingTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    [Fact]
    public async Task The_highest_priority_comes_first_and_then_the_oldest()
    {
        foreach (var (source, priority) in new[] { ("/1", 0), ("/2", 0), ("/3", 9), ("/4", -9) })
            await Ledger.Submissions.SubmitAsync(Submission(source, priority: priority), Token);

        var claims = await Ledger.Queue.ClaimJobsAsync(Worker, 3, Lease, Token);
        var rest = await Ledger.Queue.ClaimJobsAsync(Worker, 3, Lease, Token);

        Assert.Equal(["/3", "/1", "/2"], claims.Select(claim => claim.Job.Source));
        Assert.Equal(["/4"], rest.Select(claim => claim.Job.Source));
    }

    [Fact]
    public async Task A_claim_carries_what_was_submitted_and_planned()
    {
        var submission = Submission();
        submission = submission with { Job = submission.Job with { Options = new() { Language = "ja", MaxPages = 7 } } };
        await Ledger.Submissions.SubmitAsync(submission, Token);

        var job = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));
        await Ledger.Queue.RecordPlanAsync(job, Plan(1), Token);
        var segment = await ClaimOneAsync();

        Assert.Equal(new(submission.Job.JobId, "/media/a.png", "describe", submission.Job.Options), job.Job);
        Assert.Equal((1, 0, 1L, Worker), (job.Attempt, job.Crashes, job.Lease.FencingToken, job.Lease.Worker));
        Assert.Equal((submission.Job.JobId, TestTask, submission.Job.Options), (segment.Job.JobId, segment.Job.Task, segment.Job.Options));
        Assert.Equal(("application/pdf", 1), (segment.Job.Media.MediaType, segment.Job.Media.PageCount));
        Assert.Equal(new() { Number = 0, Kind = SegmentKind.Page, Page = 1 }, segment.Job.Segment);
        Assert.Equal((1, 0), (segment.Attempt, segment.Crashes));
    }

    [Fact]
    public async Task Eight_claimers_get_each_of_a_thousand_jobs_once()
    {
        await Ledger.Submissions.SubmitManyAsync([.. Enumerable.Range(0, 1000).Select(i => Submission($"/media/{i}"))], Token);

        var claimed = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ClaimAllAsync()));

        Assert.Equal(1000, claimed.Sum(rows => rows.Count));
        Assert.Equal(1000, claimed.SelectMany(rows => rows).Distinct().Count());

        async Task<List<long>> ClaimAllAsync()
        {
            // Rows that others hold for a moment are passed over: several empty answers in a row mean that nothing is left.
            var (ledger, worker, rows, empty) = (Fixture.Open(), Guid.NewGuid(), new List<long>(), 0);
            while (empty < 5)
            {
                var claims = await ledger.Queue.ClaimJobsAsync(worker, 20, Lease, Token);
                empty = claims.Count == 0 ? empty + 1 : 0;
                rows.AddRange(claims.Select(claim => claim.Lease.RowId));
            }
            return rows;
        }
    }

    [Fact]
    public async Task One_that_has_crashed_twice_is_claimed_alone()
    {
        await PlannedJobAsync(1, source: "/suspect");
        await ClaimOneAsync();
        await CrashAsync();
        await ClaimOneAsync();
        await CrashAsync();
        await PlannedJobAsync(3, source: "/innocent");
        await Fixture.ExecuteAsync("UPDATE segment SET run_at = '2001-01-01 00:00:00' WHERE crash_count = 0");

        var first = await Ledger.Queue.ClaimSegmentsAsync(Worker, 10, Lease, Token);
        var second = await Ledger.Queue.ClaimSegmentsAsync(Worker, 10, Lease, Token);

        Assert.Equal(("/suspect", 2, 3L), (Assert.Single(first).Job.Source, first[0].Crashes, first[0].Lease.FencingToken));
        Assert.Equal(3, second.Count);
        Assert.All(second, claim => Assert.Equal("/innocent", claim.Job.Source));
    }

    [Fact]
    public async Task Suspects_behind_others_neither_join_them_nor_keep_them()
    {
        await PlannedJobAsync(2, source: "/suspect");
        for (var crashes = 0; crashes < 2; crashes++)
        {
            while ((await Ledger.Queue.ClaimSegmentsAsync(Guid.NewGuid(), 2, Lease, Token)).Count > 0)
            {
            }

            await CrashAsync();
        }

        await PlannedJobAsync(2, source: "/innocent");
        await Fixture.ExecuteAsync("UPDATE segment SET priority = 1 WHERE crash_count = 0");

        var claims = await Ledger.Queue.ClaimSegmentsAsync(Worker, 10, Lease, Token);

        Assert.Equal(["/innocent", "/innocent"], claims.Select(claim => claim.Job.Source));
    }

    [Fact]
    public async Task A_worker_leaves_alone_what_only_a_newer_one_understands()
    {
        await PlannedJobAsync(1);
        await Ledger.Submissions.SubmitAsync(Submission(), Token);
        await Fixture.ExecuteAsync("UPDATE segment SET schema_version = 2");
        await Fixture.ExecuteAsync("UPDATE job SET schema_version = 2");

        Assert.Empty(await Ledger.Queue.ClaimSegmentsAsync(Worker, 10, Lease, Token));
        Assert.Empty(await Ledger.Queue.ClaimJobsAsync(Worker, 10, Lease, Token));
    }

    public sealed class OnSqlite(SqliteFixture fixture) : ClaimingTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : ClaimingTests(fixture), IClassFixture<PostgreSqlFixture>;
}
