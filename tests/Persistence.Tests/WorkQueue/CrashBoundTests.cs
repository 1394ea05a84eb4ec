using System.Globalization;
using CsCheck;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Tests.Fixtures;
using Qwen35Batch.Persistence.WorkQueue;

namespace Qwen35Batch.Persistence.Tests.WorkQueue;

/// <summary>
/// What one item that brings down every worker costs the others, whatever else was in flight: the bound that
/// <see cref="SuspectPolicy"/> states.
/// </summary>
public abstract class CrashBoundTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    [Fact]
    public async Task A_poisonous_item_is_found_at_its_third_crash_and_costs_half_of_its_company_one_turn_alone()
    {
        await Gen.Select(Gen.Int[1, 40], Gen.Int[0, 39], Gen.Int[1, 48], Gen.Int[0, 20]).SampleAsync(
            async (inFlight, poison, capacity, fresh) =>
            {
                await Fixture.EmptyAsync();
                await RunAsync(inFlight, poison % inFlight, capacity, fresh);
            },
            iter: 12,
            threads: 1);
    }

    [Fact]
    public async Task After_a_kill_that_no_item_caused_everything_is_done_in_two_rounds_and_nobody_is_alone()
    {
        var job = await PlannedJobAsync(60);
        await KillAsync(await ClaimAsync(60, othersFirst: false));
        var later = await PlannedJobAsync(60);

        var first = await ClaimAsync(60, othersFirst: false);
        Assert.Equal((30, 30), (first.Claims.Count(claim => claim.Crashes == 1), first.Claims.Count(claim => claim.Crashes == 0)));
        await FinishAsync(first);
        var second = await ClaimAsync(60, othersFirst: false);
        Assert.Equal(60, second.Claims.Count);
        await FinishAsync(second);

        Assert.Equal((JobState.Completed, JobState.Completed), (await StateAsync(job), await StateAsync(later)));
    }

    [Fact]
    public async Task Of_those_that_were_in_flight_together_no_worker_runs_more_than_half_and_two_workers_run_all()
    {
        await PlannedJobAsync(10);
        await KillAsync(await ClaimAsync(10, othersFirst: false));

        var one = await ClaimAsync(10, othersFirst: false);
        Assert.Equal(5, one.Claims.Count);
        Assert.Empty(await Ledger.Queue.ClaimSegmentsAsync(one.Worker, 10, Lease, Token));
        Assert.Equal(5, (await ClaimAsync(10, othersFirst: false)).Claims.Count);
    }

    [Fact]
    public async Task Those_that_run_alone_take_turns_with_the_others()
    {
        await PlannedJobAsync(4);
        await KillAsync(await ClaimAsync(4, othersFirst: false));
        await KillAsync(await ClaimAsync(2, othersFirst: false));
        await PlannedJobAsync(6);
        await Fixture.ExecuteAsync("UPDATE segment SET run_at = '1960-01-01 00:00:00' WHERE crash_count = 2");

        var alone = await ClaimAsync(3, othersFirst: false);
        var others = await ClaimAsync(3, othersFirst: true);

        Assert.Equal([2], alone.Claims.Select(claim => claim.Crashes));
        Assert.Equal(3, others.Claims.Count);
        Assert.All(others.Claims, claim => Assert.InRange(claim.Crashes, 0, 1));
    }

    /// <summary>One worker after another works until nothing is left; each dies when it works on the poisonous item.</summary>
    private async Task RunAsync(int inFlight, int poison, int capacity, int fresh)
    {
        var job = await PlannedJobAsync(inFlight);
        var poisonRow = long.Parse(
            (await Fixture.AskAsync($"SELECT id FROM segment WHERE number = {poison}"))!, CultureInfo.InvariantCulture);
        var (crashes, alone, othersFirst) = (0, 0, false);
        var held = await ClaimAsync(inFlight, othersFirst);
        while (held.Claims.Count > 0)
        {
            if (held.Claims.Any(claim => claim.Lease.RowId == poisonRow))
            {
                crashes++;
                await KillAsync(held);
                if (crashes == 1 && fresh > 0) await PlannedJobAsync(fresh);
            }
            else
            {
                alone += held.Claims[0].Crashes >= QueueLedger.AloneFrom ? 1 : 0;
                await FinishAsync(held);
            }

            othersFirst = held.Claims[0].Crashes >= QueueLedger.AloneFrom;
            held = await ClaimAsync(capacity, othersFirst);
        }

        Assert.Equal(3, crashes);
        Assert.InRange(alone, 0, SuspectPolicy.Half(inFlight) - 1);
        Assert.Equal($"{poisonRow}", await Fixture.AskAsync("SELECT max(id) FROM segment WHERE state = 'Quarantined'"));
        Assert.Equal("1", await Fixture.AskAsync("SELECT count(*) FROM segment WHERE state = 'Quarantined'"));
        Assert.Equal($"{inFlight + fresh - 1}", await Fixture.AskAsync("SELECT count(*) FROM segment WHERE state = 'Done'"));
        Assert.Equal("0", await Fixture.AskAsync("SELECT max(crash_count) FROM segment WHERE state = 'Done'"));
        Assert.Equal(
            inFlight == 1 ? JobState.Quarantined : JobState.CompletedWithGaps, await StateAsync(job));
    }

    private async Task<(Guid Worker, IReadOnlyList<SegmentClaim> Claims)> ClaimAsync(int count, bool othersFirst)
    {
        var worker = Guid.NewGuid();
        await Ledger.Queue.BeatAsync(new(worker, null, "here"), Lease, Token);
        return (worker, await Ledger.Queue.ClaimSegmentsAsync(worker, count, Lease, Token, othersFirst));
    }

    private async Task KillAsync((Guid Worker, IReadOnlyList<SegmentClaim> Claims) held)
    {
        await Ledger.Queue.DeclareDeadAsync(held.Worker, Token);
        Assert.Equal(held.Claims.Count, await Ledger.Queue.ReapAsync(Token, mayJudge: false));
        await Fixture.PassBackOffAsync();
    }

    private async Task FinishAsync((Guid Worker, IReadOnlyList<SegmentClaim> Claims) held)
    {
        foreach (var claim in held.Claims) Assert.True(await Ledger.Queue.RecordSegmentAsync(claim, Completed(), Token));
    }

    public sealed class OnSqlite(SqliteFixture fixture) : CrashBoundTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : CrashBoundTests(fixture), IClassFixture<PostgreSqlFixture>;
}
