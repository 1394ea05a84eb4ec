using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Submissions;
using Qwen35Batch.Persistence.Tests.Fixtures;
using Qwen35Batch.Persistence.WorkQueue;
using Qwen35Batch.TestServers;

namespace Qwen35Batch.Persistence.Tests.Databases;

public abstract class GroupWriterTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    private const int Rows = 12;

    /// <summary>What a database says for as long as the fault lasts, and what it says once.</summary>
    protected abstract (Exception Lasting, Exception Passing) Errors { get; }

    [Fact]
    public async Task What_comes_while_a_transaction_is_under_way_shares_the_next()
    {
        var claims = await ClaimedAsync(Rows);
        var held = new HeldTransactions();

        Assert.All(await TogetherAsync(held, Completing(Fixture.Open(options => options.AddInterceptors(held)), claims)), Assert.True);

        Assert.InRange(held.Committed, 1, 2);
        Assert.Equal($"{Rows}", await Fixture.AskAsync("SELECT count(*) FROM insight"));
        Assert.Equal($"{Rows}", await Fixture.AskAsync("SELECT count(*) FROM job WHERE state = 'Completed'"));
        Assert.Equal(2 * Rows, (await PublishedAsync()).Count);
    }

    [Fact]
    public async Task One_row_that_is_refused_takes_no_other_down()
    {
        var claims = await ClaimedAsync(Rows);
        var held = new HeldTransactions();
        var ledger = Fixture.Open(options => options.AddInterceptors(held));

        var results = claims.Select((claim, index) => ledger.Queue.RecordSegmentAsync(
            claim, index == 5 ? Rejected((RejectionReason)999) : Completed(), Token)).ToList();
        held.Release();
        await Task.WhenAny(Task.WhenAll(results));

        Assert.Equal([5], Enumerable.Range(0, Rows).Where(index => results[index].IsFaulted));
        Assert.Equal($"{Rows - 1}", await Fixture.AskAsync("SELECT count(*) FROM insight"));
        Assert.Equal("1", await Fixture.AskAsync("SELECT count(*) FROM segment WHERE state = 'Leased'"));
        Assert.True(await Ledger.Queue.RecordSegmentAsync(claims[5], Completed(), Token));
    }

    [Fact]
    public async Task A_stale_lease_in_a_group_stores_nothing_and_the_others_all()
    {
        await PlannedJobAsync(1);
        var late = await ClaimOneAsync();
        await CrashAsync();
        var current = await ClaimOneAsync();
        var others = await ClaimedAsync(3);
        var held = new HeldTransactions();
        var ledger = Fixture.Open(options => options.AddInterceptors(held));

        var stored = await TogetherAsync(held, Completing(ledger, [others[0], late, others[1], current, others[2]]));

        Assert.Equal([true, false, true, true, true], stored);
        Assert.Equal("4", await Fixture.AskAsync("SELECT count(*) FROM insight"));
        Assert.Equal("4", await Fixture.AskAsync("SELECT count(*) FROM job WHERE state = 'Completed'"));
    }

    [Fact]
    public async Task A_group_whose_answer_was_lost_is_stored_once_and_known_to_be()
    {
        var claims = await ClaimedAsync(Rows);
        var held = new HeldTransactions();
        var lost = new LostAnswers(Errors.Passing, 2);

        Assert.All(
            await TogetherAsync(held, Completing(Fixture.Open(options => options.AddInterceptors(held, lost)), claims)), Assert.True);

        Assert.Equal(2, lost.Lost);
        Assert.Equal($"{Rows}", await Fixture.AskAsync("SELECT count(*) FROM insight"));
        Assert.Equal($"{Rows}", await Fixture.AskAsync("SELECT sum(done) FROM job"));
        Assert.Equal(2 * Rows, (await PublishedAsync()).Count);
    }

    [Fact]
    public async Task A_group_that_is_cut_at_any_statement_has_stored_nothing_and_is_stored_by_the_next_once()
    {
        var cuts = 0;
        for (var at = 1; ; at++, cuts++)
        {
            await Fixture.EmptyAsync();
            var claims = await ClaimedAsync(Rows);
            var held = new HeldTransactions();
            var cut = new NumberedCommands(at, Errors.Lasting);
            var dying = Completing(Fixture.Open(options => options.AddInterceptors(held, cut)), claims);
            held.Release();
            await Task.WhenAny(Task.WhenAll(dying));
            if (cut.Count < at) break;

            var before = dying.Count(task => task.IsCompletedSuccessfully);
            Assert.True(before < Rows);
            Assert.Equal($"{before}", await Fixture.AskAsync("SELECT count(*) FROM insight"));
            Assert.Equal($"{2 * before}", await Fixture.AskAsync("SELECT count(*) FROM outbox"));
            Assert.Equal($"{before}", await Fixture.AskAsync("SELECT count(*) FROM job WHERE state = 'Completed'"));

            Assert.All(await Task.WhenAll(Completing(Ledger, claims)), Assert.True);
            Assert.Equal($"{Rows}", await Fixture.AskAsync("SELECT count(*) FROM insight"));
            Assert.Equal($"{2 * Rows}", await Fixture.AskAsync("SELECT count(*) FROM outbox"));
        }

        Assert.True(cuts >= 4);
    }

    [Fact]
    public async Task Submissions_that_come_together_are_jobs_each_once_and_whoever_sent_the_same_follows()
    {
        var held = new HeldTransactions();
        var ledger = Fixture.Open(options => options.AddInterceptors(held));
        var same = Enumerable.Range(0, 4).Select(_ => Submission("/media/same.png") with { Follows = true });
        var submissions = Enumerable.Range(0, Rows).Select(number => Submission($"/media/{number}.png")).Concat(same).ToList();

        var outcomes = await TogetherAsync(
            held, [.. submissions.Select(submission => ledger.Submissions.SubmitAsync(submission, Token))]);

        Assert.InRange(held.Committed, 1, 2);
        Assert.Equal(Rows + 1, outcomes.Count(outcome => outcome.Result == SubmitResult.Accepted));
        Assert.Equal($"{Rows + 1}", await Fixture.AskAsync("SELECT count(*) FROM job"));
        Assert.Equal("3", await Fixture.AskAsync("SELECT count(*) FROM follower"));
    }

    [Fact]
    public async Task A_group_that_is_full_waits_no_longer_for_others()
    {
        // The clock stands: nothing but the number of those that wait can begin a group after one of several.
        var held = new HeldTransactions();
        var submissions = Fixture.Open(options => options.AddInterceptors(held), new FakeTimeProvider()).Submissions;
        var first = Submitting(0, 1);
        await held.Entered;
        var others = Submitting(1, Rows - 1);
        held.Release();
        await Task.WhenAll(first, others).WaitAsync(Hang.Limit, Token);

        await Submitting(Rows, 128).WaitAsync(Hang.Limit, Token);

        Assert.Equal($"{Rows + 128}", await Fixture.AskAsync("SELECT count(*) FROM job"));

        Task Submitting(int from, int count) => Task.WhenAll(
            Enumerable.Range(from, count).Select(number => submissions.SubmitAsync(Submission($"/media/{number}.png"), Token)));
    }

    [Fact]
    public async Task Who_stops_waiting_hears_so_and_the_others_are_stored()
    {
        var claims = await ClaimedAsync(3);
        var held = new HeldTransactions();
        var ledger = Fixture.Open(options => options.AddInterceptors(held));
        using var stop = new CancellationTokenSource();
        var first = ledger.Queue.RecordSegmentAsync(claims[0], Completed(), Token);
        var stopped = ledger.Queue.RecordSegmentAsync(claims[1], Completed(), stop.Token);
        var third = ledger.Queue.RecordSegmentAsync(claims[2], Completed(), Token);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped);
        held.Release();

        Assert.True(await first);
        Assert.True(await third);
    }

    [Fact]
    public async Task A_job_of_one_segment_takes_less_than_two_round_trips_from_message_to_event()
    {
        const int Jobs = 64;
        var counted = new NumberedCommands();
        var held = new HeldTransactions();
        var ledger = Fixture.Open(options => options.AddInterceptors(counted, held));

        await TogetherAsync(
            held,
            [.. Enumerable.Range(0, Jobs).Select(number => ledger.Submissions.SubmitAsync(Submission($"/media/{number}.txt"), Token))]);
        var jobs = await ledger.Queue.ClaimJobsAsync(Worker, Jobs, Lease, Token);
        Assert.Equal(Jobs, jobs.Count);
        await Task.WhenAll(jobs.Select(job => ledger.Queue.RecordPlanAsync(job, Plan(1), Token)));
        var segments = await ledger.Queue.ClaimSegmentsAsync(Worker, Jobs, Lease, Token);
        Assert.Equal(Jobs, segments.Count);
        await Task.WhenAll(Completing(ledger, segments));
        Assert.Equal(2 * Jobs, await ledger.Outbox.RelayAsync((_, _) => Task.CompletedTask, 2 * Jobs, Lease, Token));

        Assert.InRange(counted.Count + held.Committed, 1, MostRoundTrips * Jobs);
    }

    /// <summary>For each job; SQLite, which is in this process, is given rows one by one.</summary>
    protected virtual int MostRoundTrips => 2;

    private static List<Task<bool>> Completing(Ledger ledger, IReadOnlyList<SegmentClaim> claims) =>
        [.. claims.Select(claim => ledger.Queue.RecordSegmentAsync(claim, Completed(), Token))];

    private static Task<T[]> TogetherAsync<T>(HeldTransactions held, List<Task<T>> calls)
    {
        held.Release();
        return Task.WhenAll(calls);
    }

    private async Task<IReadOnlyList<SegmentClaim>> ClaimedAsync(int jobs)
    {
        for (var number = 0; number < jobs; number++) await PlannedJobAsync(1);
        var claims = await Ledger.Queue.ClaimSegmentsAsync(Worker, jobs, Lease, Token);
        Assert.Equal(jobs, claims.Count);
        return claims;
    }

    public sealed class OnSqlite(SqliteFixture fixture) : GroupWriterTests(fixture), IClassFixture<SqliteFixture>
    {
        protected override (Exception Lasting, Exception Passing) Errors =>
            (new SqliteException("no such table", 1), new SqliteException("database is locked", 5));

        protected override int MostRoundTrips => 20;
    }

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : GroupWriterTests(fixture), IClassFixture<PostgreSqlFixture>
    {
        protected override (Exception Lasting, Exception Passing) Errors => (Error("42P01"), Error("40001"));

        private static PostgresException Error(string code) => new("An error.", "ERROR", "ERROR", code);
    }
}
