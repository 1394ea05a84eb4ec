using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Tests.Fixtures;
using Qwen35Batch.Persistence.WorkQueue;

namespace Qwen35Batch.Persistence.Tests.WorkQueue;

/// <summary>Workers that fall silent and come back, or do not.</summary>
public abstract class WorkersTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    private static WorkerPresence Somebody(Guid? mediaStore = null) => new(Guid.NewGuid(), mediaStore, "here");

    private async Task<WorkerPresence> LivingAsync(Guid? mediaStore = null)
    {
        var worker = Somebody(mediaStore);
        Assert.Equal(0, await Ledger.Queue.BeatAsync(worker, Lease, Token));
        return worker;
    }

    private Task FallSilentAsync(WorkerPresence worker, string since = "-1 minutes") => Fixture.ExecuteAsync(
        Fixture is SqliteFixture
            ? $"UPDATE worker SET alive_until = strftime('%Y-%m-%d %H:%M:%f', 'now', '{since}') WHERE id = '{worker.Id:D}' COLLATE NOCASE"
            : $"UPDATE worker SET alive_until = now() + interval '{since}' WHERE id = '{worker.Id}'");

    private Task<string?> CrashesAsync() => Fixture.AskAsync("SELECT max(crash_count) FROM segment");

    [Fact]
    public async Task A_silent_workers_rows_go_to_another_and_no_crash_remains_when_it_is_heard_of_again()
    {
        await PlannedJobAsync(2);
        var (stopped, other) = (await LivingAsync(), await LivingAsync());
        var held = await Ledger.Queue.ClaimSegmentsAsync(stopped.Id, 2, Lease, Token);
        await FallSilentAsync(stopped);
        Assert.Equal(2, await Ledger.Queue.ReapAsync(Token));
        await Fixture.PassBackOffAsync();
        var taken = Assert.Single(await Ledger.Queue.ClaimSegmentsAsync(other.Id, 1, Lease, Token));
        Assert.Equal("1", await CrashesAsync());

        Assert.Equal(2, await Ledger.Queue.BeatAsync(stopped, Lease, Token));

        Assert.Equal("0", await CrashesAsync());
        var lost = await Ledger.Queue.ExtendSegmentLeasesAsync([.. held.Select(claim => claim.Lease)], Lease, Token);
        var kept = held.Single(claim => claim.Lease.RowId != taken.Lease.RowId);
        Assert.Equal([taken.Lease.RowId], lost.Select(lease => lease.RowId));
        Assert.True(await Ledger.Queue.RecordSegmentAsync(kept, Completed(), Token));
        Assert.False(await Ledger.Queue.RecordSegmentAsync(held.Single(claim => claim != kept), Completed(), Token));
        Assert.True(await Ledger.Queue.RecordSegmentAsync(taken, Completed(), Token));
        Assert.Equal("2 0", await Fixture.AskAsync("SELECT (SELECT count(*) FROM insight) || ' ' || (SELECT count(*) FROM crash)"));
    }

    [Fact]
    public async Task What_a_worker_lost_twice_before_it_is_heard_of_again_is_charged_with_nothing()
    {
        await PlannedJobAsync(2);
        var stopped = await LivingAsync();
        Assert.Equal(2, (await Ledger.Queue.ClaimSegmentsAsync(stopped.Id, 2, Lease, Token)).Count);
        await FallSilentAsync(stopped);
        Assert.Equal(2, await Ledger.Queue.ReapAsync(Token));
        await Fixture.PassBackOffAsync();
        // It goes on, and claims before its next heartbeat.
        Assert.Single(await Ledger.Queue.ClaimSegmentsAsync(stopped.Id, 1, Lease, Token));
        Assert.Equal(1, await Ledger.Queue.ReapAsync(Token));
        Assert.Equal("2", await CrashesAsync());

        Assert.Equal(3, await Ledger.Queue.BeatAsync(stopped, Lease, Token));

        Assert.Equal("0", await CrashesAsync());
        Assert.Equal("0", await Fixture.AskAsync("SELECT count(*) FROM segment WHERE detail IS NOT NULL"));
    }

    [Fact]
    public async Task What_runs_out_under_a_worker_that_is_heard_of_is_ready_at_once_and_uncounted()
    {
        await PlannedJobAsync(1);
        var worker = await LivingAsync();
        var old = Assert.Single(await Ledger.Queue.ClaimSegmentsAsync(worker.Id, 1, Lease, Token));
        await Fixture.ExecuteAsync("UPDATE segment SET lease_until = '2001-01-01 00:00:00'");

        Assert.Equal(1, await Ledger.Queue.ReapAsync(Token));

        var again = Assert.Single(await Ledger.Queue.ClaimSegmentsAsync(worker.Id, 1, Lease, Token));
        Assert.Equal((1, 0), (again.Attempt, again.Crashes));
        Assert.NotEqual(old.Lease.FencingToken, again.Lease.FencingToken);
    }

    [Fact]
    public async Task Nobody_is_quarantined_for_a_worker_that_is_only_silent()
    {
        var job = await PlannedJobAsync(1);
        for (var crashes = 0; crashes < 2; crashes++)
        {
            var dead = await LivingAsync();
            Assert.Single(await Ledger.Queue.ClaimSegmentsAsync(dead.Id, 1, Lease, Token));
            await Ledger.Queue.DeclareDeadAsync(dead.Id, Token);
            Assert.Equal(1, await Ledger.Queue.ReapAsync(Token));
            await Fixture.PassBackOffAsync();
        }

        var stopped = await LivingAsync();
        var claim = Assert.Single(await Ledger.Queue.ClaimSegmentsAsync(stopped.Id, 1, Lease, Token));
        await FallSilentAsync(stopped);
        Assert.Equal(0, await Ledger.Queue.ReapAsync(Token));
        Assert.Equal(0, await Ledger.Queue.BeatAsync(stopped, Lease, Token));
        Assert.True(await Ledger.Queue.RecordSegmentAsync(claim, Completed(), Token));

        Assert.Equal(JobState.Completed, await StateAsync(job));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_worker_that_is_dead_or_silent_for_long_is_judged(bool isKnown)
    {
        var job = await PlannedJobAsync(1);
        for (var crashes = 0; crashes < 3; crashes++)
        {
            var worker = await LivingAsync();
            Assert.Single(await Ledger.Queue.ClaimSegmentsAsync(worker.Id, 1, Lease, Token));
            if (isKnown) await Ledger.Queue.DeclareDeadAsync(worker.Id, Token);
            else await FallSilentAsync(worker, "-16 minutes");
            Assert.Equal(1, await Ledger.Queue.ReapAsync(Token, mayJudge: !isKnown));
            await Fixture.PassBackOffAsync();
        }

        Assert.Equal(JobState.Quarantined, await StateAsync(job));
    }

    [Fact]
    public async Task Only_the_dead_are_judged_by_whoever_was_cut_off_itself()
    {
        await PlannedJobAsync(1);
        var stopped = await LivingAsync();
        await Ledger.Queue.ClaimSegmentsAsync(stopped.Id, 1, Lease, Token);
        await FallSilentAsync(stopped);

        Assert.Equal(0, await Ledger.Queue.ReapAsync(Token, mayJudge: false));

        await Ledger.Queue.DeclareDeadAsync(stopped.Id, Token);
        Assert.Equal(1, await Ledger.Queue.ReapAsync(Token, mayJudge: false));
    }

    [Fact]
    public async Task A_worker_that_leaves_is_forgotten_unless_it_holds_something()
    {
        await PlannedJobAsync(1);
        var (holding, free) = (await LivingAsync(), await LivingAsync());
        await Ledger.Queue.ClaimSegmentsAsync(holding.Id, 1, Lease, Token);

        await Ledger.Queue.LeaveAsync(holding.Id, Token);
        await Ledger.Queue.LeaveAsync(free.Id, Token);

        Assert.Equal([holding.Id], (await Ledger.Queue.ListWorkersAsync(Token)).Select(worker => worker.Presence.Id));
    }

    [Fact]
    public async Task Media_in_another_living_workers_data_folder_is_left_to_that_worker()
    {
        var (owner, other) = (await LivingAsync(Guid.NewGuid()), await LivingAsync(Guid.NewGuid()));
        var sharing = await LivingAsync(owner.MediaStore);
        await Ledger.Submissions.SubmitAsync(Submission(), Token);
        var job = Assert.Single(await Ledger.Queue.ClaimJobsAsync(owner.Id, 1, Lease, Token));
        Assert.True(await Ledger.Queue.RecordPlanAsync(job, Plan(3), Token));

        Assert.Empty(await Ledger.Queue.ClaimSegmentsAsync(other.Id, 1, Lease, Token));
        Assert.Single(await Ledger.Queue.ClaimSegmentsAsync(owner.Id, 1, Lease, Token));
        Assert.Single(await Ledger.Queue.ClaimSegmentsAsync(sharing.Id, 1, Lease, Token));

        // When nobody is left who has it, another may fetch it again.
        await FallSilentAsync(owner);
        await FallSilentAsync(sharing);
        Assert.Equal((1, 0), (Assert.Single(await Ledger.Queue.ClaimSegmentsAsync(other.Id, 1, Lease, Token)) is var claim
            ? (claim.Attempt, claim.Crashes)
            : default));
    }

    [Fact]
    public async Task A_job_in_planning_is_given_back_too()
    {
        await Ledger.Submissions.SubmitAsync(Submission(), Token);
        var stopped = await LivingAsync();
        var claim = Assert.Single(await Ledger.Queue.ClaimJobsAsync(stopped.Id, 1, Lease, Token));
        await FallSilentAsync(stopped);
        Assert.Equal(1, await Ledger.Queue.ReapAsync(Token));

        Assert.Equal(1, await Ledger.Queue.BeatAsync(stopped, Lease, Token));

        Assert.Empty(await Ledger.Queue.ExtendJobLeasesAsync([claim.Lease], Lease, Token));
        Assert.True(await Ledger.Queue.RecordPlanAsync(claim, Plan(1), Token));
        Assert.Equal("0", await Fixture.AskAsync("SELECT max(crash_count) FROM job"));
    }

    public sealed class OnSqlite(SqliteFixture fixture) : WorkersTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : WorkersTests(fixture), IClassFixture<PostgreSqlFixture>;
}
