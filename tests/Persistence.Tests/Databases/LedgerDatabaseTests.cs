using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Submissions;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.Databases;

public abstract class LedgerDatabaseTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    protected abstract Exception Passing { get; }

    protected abstract Exception Lasting { get; }

    [Fact]
    public async Task A_submission_whose_answer_was_lost_is_accepted_once()
    {
        var lost = new LostAnswers(Passing, 2);
        var submission = Submission();

        var outcome = await Fixture.Open(options => options.AddInterceptors(lost)).Submissions.SubmitAsync(submission, Token);

        Assert.Equal(2, lost.Lost);
        Assert.Equal(new(SubmitResult.Accepted, submission.Job.JobId), outcome);
        Assert.Equal("1", await Fixture.AskAsync("SELECT count(*) FROM job"));
    }

    [Fact]
    public async Task A_claim_whose_answer_was_lost_returns_the_same_rows_and_no_more()
    {
        await PlannedJobAsync(5);

        var claims = await Fixture.Open(options => options.AddInterceptors(new LostAnswers(Passing, 1))).Queue
            .ClaimSegmentsAsync(Worker, 2, Lease, Token);

        Assert.Equal([0, 1], claims.Select(claim => claim.Job.Segment.Number));
        Assert.All(claims, claim => Assert.Equal((1, 1L), (claim.Attempt, claim.Lease.FencingToken)));
        Assert.Equal("2", await Fixture.AskAsync("SELECT count(*) FROM segment WHERE state = 'Leased'"));
    }

    [Fact]
    public async Task A_completion_whose_answer_was_lost_is_stored_once_and_known_to_be()
    {
        var id = await PlannedJobAsync(1);
        var claim = await ClaimOneAsync();

        Assert.True(
            await Fixture.Open(options => options.AddInterceptors(new LostAnswers(Passing, 1))).Queue
                .RecordSegmentAsync(claim, Completed(), Token));

        Assert.Equal(JobState.Completed, await StateAsync(id));
        Assert.Equal(2, (await PublishedAsync()).Count);
    }

    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    public async Task A_worker_whose_clock_is_wrong_neither_loses_nor_takes_a_lease(int minutes)
    {
        var wrong = Fixture.Open(time: new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddMinutes(minutes)));
        await PlannedJobAsync(2);
        await ClaimOneAsync();

        Assert.Single(await wrong.Queue.ClaimSegmentsAsync(Guid.NewGuid(), 1, Lease, Token));
        Assert.Equal(0, await wrong.Queue.ReapAsync(Token));
        Assert.Equal(0, await Ledger.Queue.ReapAsync(Token));

        await Fixture.ExpireLeasesAsync();
        Assert.NotEqual(0, await wrong.Queue.ReapAsync(Token));
    }

    [Fact]
    public async Task A_plan_that_keeps_its_segment_and_whose_answer_was_lost_has_claimed_it_once()
    {
        await Ledger.Submissions.SubmitAsync(Submission(), Token);
        var job = Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));

        var (stored, next) = await Fixture.Open(options => options.AddInterceptors(new LostAnswers(Passing, 2))).Queue
            .RecordPlanAndClaimAsync(job, (StageOutcome.Planned)Plan(1), Lease, Token);

        Assert.True(stored);
        Assert.Equal((1, 1L, Worker), (next!.Attempt, next.Lease.FencingToken, next.Lease.Worker));
        Assert.Equal("1", await Fixture.AskAsync("SELECT count(*) FROM segment"));
        Assert.True(await Ledger.Queue.RecordSegmentAsync(next, Completed(), Token));
    }

    [Fact]
    public async Task What_passes_is_tried_again()
    {
        await PlannedJobAsync(1);
        var claim = await ClaimOneAsync();
        var ledger = Fixture.Open(options => options.AddInterceptors(new FailingCommands(Passing, 3)));

        Assert.True(await ledger.Queue.RecordSegmentAsync(claim, Completed(), Token));
    }

    [Fact]
    public async Task What_does_not_pass_is_told()
    {
        var endless = Fixture.Open(options => options.AddInterceptors(new FailingCommands(Passing, int.MaxValue)));
        var broken = Fixture.Open(options => options.AddInterceptors(new FailingCommands(Lasting, 1)));

        await Assert.ThrowsAsync<LedgerUnavailableException>(() => endless.Reading.ListJobsAsync(JobFilter.All, 1, null, Token));
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => broken.Reading.ListJobsAsync(JobFilter.All, 1, null, Token));
    }

    public sealed class OnSqlite(SqliteFixture fixture) : LedgerDatabaseTests(fixture), IClassFixture<SqliteFixture>
    {
        protected override Exception Passing => new SqliteException("database is locked", 5);

        protected override Exception Lasting => new SqliteException("no such table", 1);
    }

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : LedgerDatabaseTests(fixture), IClassFixture<PostgreSqlFixture>
    {
        protected override Exception Passing => Error("40001");

        protected override Exception Lasting => Error("42P01");

        [Theory]
        [InlineData("40001")]
        [InlineData("40P01")]
        [InlineData("57P01")]
        [InlineData("53300")]
        [InlineData("08006")]
        public void These_errors_pass(string code) => Assert.True(Fixture.Dialect.IsTransient(Error(code)));

        [Fact]
        public async Task Connections_that_the_server_has_cut_are_replaced()
        {
            await PlannedJobAsync(1);
            await Fixture.ExecuteAsync(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

            Assert.Single(await Ledger.Queue.ClaimSegmentsAsync(Worker, 1, Lease, Token));
        }

        [Fact]
        public async Task Leases_run_on_the_databases_clock()
        {
            await PlannedJobAsync(1);
            await ClaimOneAsync();

            Assert.Equal("300", await Fixture.AskAsync(
                "SELECT round(extract(epoch FROM lease_until - max_now)) FROM segment, (SELECT max(created_at) AS max_now FROM segment) AS "
                    + "clock WHERE lease_until > now()"));
        }

        private static PostgresException Error(string code) => new("An error.", "ERROR", "ERROR", code);
    }
}
