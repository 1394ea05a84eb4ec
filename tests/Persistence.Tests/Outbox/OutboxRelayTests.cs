using System.Collections.Concurrent;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Outbox;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.Outbox;

public abstract class OutboxRelayTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    [Fact]
    public async Task Events_are_published_in_their_order_and_once()
    {
        await StoreEventsAsync(5);

        var first = new List<int>();
        Assert.Equal(3, await Ledger.Outbox.RelayAsync((message, _) => Note(first, message), 3, Lease, Token));
        var rest = new List<int>();
        Assert.Equal(2, await Ledger.Outbox.RelayAsync((message, _) => Note(rest, message), 10, Lease, Token));
        Assert.Equal(0, await Ledger.Outbox.RelayAsync((message, _) => Note(rest, message), 10, Lease, Token));

        Assert.Equal([0, 1, 2], first);
        Assert.Equal([3, 4], rest);
    }

    [Fact]
    public async Task When_the_broker_fails_what_was_sent_is_sent_and_the_rest_is_free_at_once()
    {
        await StoreEventsAsync(3);
        var sent = new List<int>();

        await Assert.ThrowsAsync<TimeoutException>(() => Ledger.Outbox.RelayAsync(
            (message, _) => sent.Count == 1 ? throw new TimeoutException("The broker does not confirm.") : Note(sent, message),
            10,
            Lease,
            Token));
        await Ledger.Outbox.RelayAsync((message, _) => Note(sent, message), 10, Lease, Token);

        Assert.Equal([0, 1, 2], sent);
    }

    [Fact]
    public async Task A_relay_that_dies_after_publishing_makes_its_events_appear_again_with_the_same_ids()
    {
        await StoreEventsAsync(2);
        var first = new List<OutboxMessage>();
        await Ledger.Outbox.RelayAsync((message, _) => { first.Add(message); return Task.CompletedTask; }, 10, Lease, Token);
        // As the database stands when the process was killed between the confirmation and the mark.
        await Fixture.ExecuteAsync("UPDATE outbox SET sent_at = NULL");
        var second = new List<OutboxMessage>();

        await Ledger.Outbox.RelayAsync((message, _) => { second.Add(message); return Task.CompletedTask; }, 10, Lease, Token);
        Assert.Empty(second);
        await Fixture.ExpireLeasesAsync();
        await Ledger.Outbox.RelayAsync((message, _) => { second.Add(message); return Task.CompletedTask; }, 10, Lease, Token);

        Assert.Equal(first, second);
    }

    [Fact]
    public async Task After_half_of_its_lease_a_relay_sends_no_more_and_gives_the_rest_back()
    {
        await StoreEventsAsync(2);
        var sent = new List<int>();

        Assert.Equal(0, await Ledger.Outbox.RelayAsync((message, _) => Note(sent, message), 10, TimeSpan.Zero, Token));
        Assert.Equal(2, await Ledger.Outbox.RelayAsync((message, _) => Note(sent, message), 10, Lease, Token));

        Assert.Equal([0, 1], sent);
    }

    [Fact]
    public async Task What_a_dead_relay_held_is_free_at_once_for_a_process_that_owns_the_ledger()
    {
        await StoreEventsAsync(1);
        await Ledger.Outbox.RelayAsync((_, _) => Task.CompletedTask, 10, Lease, Token);
        await Fixture.ExecuteAsync("UPDATE outbox SET sent_at = NULL");
        var sent = new List<int>();

        await Ledger.Queue.EndAllLeasesAsync(Token);

        Assert.Equal(1, await Ledger.Outbox.RelayAsync((message, _) => Note(sent, message), 10, Lease, Token));
    }

    [Fact]
    public async Task An_event_of_a_newer_version_waits_for_a_relay_that_knows_it_and_keeps_no_other()
    {
        await StoreEventsAsync(3);
        await Fixture.ExecuteAsync("UPDATE outbox SET topic = 'JobSuperseded' WHERE id = (SELECT min(id) FROM outbox)");
        var sent = new List<int>();

        Assert.Equal(2, await Ledger.Outbox.RelayAsync((message, _) => Note(sent, message), 10, Lease, Token));

        Assert.Equal([1, 2], sent);
        Assert.Equal("1", await Fixture.AskAsync("SELECT count(*) FROM outbox WHERE sent_at IS NULL AND leased_until IS NULL"));
    }

    [Fact]
    public async Task Many_relays_publish_each_event_once()
    {
        await StoreEventsAsync(60);
        var sent = new ConcurrentBag<Guid>();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            var ledger = Fixture.Open();
            for (var empty = 0; empty < 3;)
            {
                empty = await ledger.Outbox.RelayAsync(
                    (message, _) => { sent.Add(message.MessageId); return Task.CompletedTask; }, 7, Lease, Token) == 0 ? empty + 1 : 0;
            }
        }));

        Assert.Equal(60, sent.Count);
        Assert.Equal(60, sent.Distinct().Count());
    }

    [Fact]
    public async Task What_was_sent_long_ago_is_removed_and_what_was_not_sent_never_is()
    {
        await StoreEventsAsync(2);
        await Ledger.Outbox.RelayAsync((_, _) => Task.CompletedTask, 1, Lease, Token);
        await Fixture.ExecuteAsync("UPDATE outbox SET created_at = '2001-01-01 00:00:00'");
        await Ledger.Queue.ReapAsync(Token);
        Assert.Equal("2", await Fixture.AskAsync("SELECT count(*) FROM outbox"));

        await Fixture.ExecuteAsync("UPDATE outbox SET sent_at = '2001-01-01 00:00:00' WHERE sent_at IS NOT NULL");
        await Ledger.Queue.ReapAsync(Token);

        Assert.Equal([1], (await PublishedAsync()).Cast<SegmentCompleted>().Select(completed => completed.Segment));
        Assert.Equal("1", await Fixture.AskAsync("SELECT count(*) FROM outbox"));
    }

    private static Task Note(List<int> segments, OutboxMessage message)
    {
        segments.Add(((SegmentCompleted)message.Event).Segment);
        return Task.CompletedTask;
    }

    private async Task StoreEventsAsync(int count)
    {
        await PlannedJobAsync(count + 1);
        foreach (var claim in await Ledger.Queue.ClaimSegmentsAsync(Worker, count, Lease, Token))
            await Ledger.Queue.RecordSegmentAsync(claim, Completed(), Token);
    }

    public sealed class OnSqlite(SqliteFixture fixture) : OutboxRelayTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : OutboxRelayTests(fixture), IClassFixture<PostgreSqlFixture>;
}
