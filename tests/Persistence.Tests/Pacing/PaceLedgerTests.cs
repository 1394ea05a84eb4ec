using Qwen35Batch.Persistence.Pacing;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.Pacing;

public abstract class PaceLedgerTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Requests_of_two_workers_are_one_at_a_time_and_an_interval_apart()
    {
        var running = 0;
        var spans = new List<(DateTimeOffset From, DateTimeOffset To)>();

        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => WorkAsync(Fixture.Open().Pacing)));

        var inOrder = spans.OrderBy(span => span.From).ToList();
        Assert.Equal(8, inOrder.Count);
        Assert.All(
            inOrder.Zip(inOrder.Skip(1)),
            pair => Assert.True(pair.Second.From - pair.First.To >= Interval, $"{pair.First.To:O} and then {pair.Second.From:O}"));

        async Task WorkAsync(PaceLedger pace)
        {
            for (var request = 0; request < 4; request++)
            {
                var holder = Guid.NewGuid();
                PaceTurn turn;
                while (!(turn = await pace.TryTakeAsync("arxiv", holder, Interval, Hour, Token)).IsTaken)
                    await Task.Delay(turn.Wait, Token);
                Assert.Equal(1, Interlocked.Increment(ref running));
                // A request of another service does not wait for this one.
                Assert.True((await pace.TryTakeAsync("other" + holder, holder, Interval, Hour, Token)).IsTaken);
                Interlocked.Decrement(ref running);
                var end = (await pace.TryTakeAsync("arxiv", holder, Interval, Hour, Token)).At;
                Assert.True(await pace.ReleaseAsync("arxiv", holder, Interval, Token));
                lock (spans) spans.Add((turn.At, end));
            }
        }
    }

    [Fact]
    public async Task Another_worker_waits_for_the_end_and_then_for_the_interval()
    {
        var other = Fixture.Open().Pacing;
        var mine = Guid.NewGuid();
        var theirs = Guid.NewGuid();
        Assert.True((await Ledger.Pacing.TryTakeAsync("arxiv", mine, Hour, Hour, Token)).IsTaken);

        var during = await other.TryTakeAsync("arxiv", theirs, Hour, Hour, Token);
        Assert.False(await other.ReleaseAsync("arxiv", theirs, Hour, Token));
        Assert.True(await Ledger.Pacing.ReleaseAsync("arxiv", mine, Hour, Token));
        var after = await other.TryTakeAsync("arxiv", theirs, Hour, Hour, Token);

        Assert.InRange(during.Wait, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(1));
        Assert.InRange(after.Wait, Hour - TimeSpan.FromMinutes(10), Hour);
    }

    [Fact]
    public async Task A_worker_that_died_holds_the_turn_for_its_time_only()
    {
        Assert.True((await Ledger.Pacing.TryTakeAsync("arxiv", Guid.NewGuid(), TimeSpan.Zero, Hour, Token)).IsTaken);
        var mine = Guid.NewGuid();
        Assert.False((await Ledger.Pacing.TryTakeAsync("arxiv", mine, TimeSpan.Zero, Hour, Token)).IsTaken);

        await using (var db = Fixture.Dialect.Create())
        {
            db.Paces.Single().HeldUntil = DateTimeOffset.UnixEpoch;
            await db.SaveChangesAsync(Token);
        }

        Assert.True((await Ledger.Pacing.TryTakeAsync("arxiv", mine, TimeSpan.Zero, Hour, Token)).IsTaken);
    }

    public sealed class OnSqlite(SqliteFixture fixture) : PaceLedgerTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : PaceLedgerTests(fixture), IClassFixture<PostgreSqlFixture>;
}
