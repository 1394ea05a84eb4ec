using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Stages;

namespace Qwen35Batch.Worker.Tests.Stages;

public sealed class StagePlacesTests
{
    private readonly StagePlaces _places = new(() => 2, TimeProvider.System);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_that_wait_get_a_place_in_their_order_and_never_one_too_many()
    {
        Assert.Equal(2, _places.Take(5));
        var (first, second) = (_places.EnterAsync(Cancellation), _places.EnterAsync(Cancellation));
        Assert.Equal(2, _places.Waiting);

        _places.Leave();
        await first;

        Assert.False(second.IsCompleted);
        Assert.Equal((0, 1), (_places.Free, _places.Waiting));
        _places.Leave();
        await second;
        Assert.Equal((0, 0), (_places.Free, _places.Waiting));
        _places.Leave(2);
        Assert.Equal(2, _places.Free);
    }

    [Fact]
    public async Task A_row_that_waits_no_more_takes_no_place()
    {
        _places.Take(2);
        using var gone = new CancellationTokenSource();
        var (first, second) = (_places.EnterAsync(gone.Token), _places.EnterAsync(Cancellation));
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        _places.Leave();
        await second;

        Assert.Equal(0, _places.Free);
        _places.Leave(2);
        Assert.Equal(2, _places.Free);
    }

    [Fact]
    public async Task A_row_that_is_stopped_before_it_asks_takes_no_place_that_is_free()
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _places.EnterAsync(gone.Token));

        Assert.Equal(2, _places.Free);
    }

    [Fact]
    public async Task A_row_whose_outcome_waits_leaves_its_place_to_the_next()
    {
        _places.Take(2);
        var next = _places.EnterAsync(Cancellation);

        _places.BeginStoring();
        await next;

        Assert.Equal(1, _places.Worked);
    }

    [Fact]
    public async Task A_row_that_waits_aside_lends_its_place_and_has_one_again_before_those_that_have_not_begun()
    {
        _places.Take(2);
        var (lent, later) = (_places.EnterAsync(Cancellation), _places.EnterAsync(Cancellation));
        var disk = new TaskCompletionSource();

        var aside = _places.AsideAsync(disk.Task);
        await lent.WaitAsync(Hang.Limit, Cancellation);
        disk.SetResult();

        Assert.False(aside.IsCompleted);
        _places.Leave();
        await aside.WaitAsync(Hang.Limit, Cancellation);
        Assert.False(later.IsCompleted);
        _places.Leave();
        await later.WaitAsync(Hang.Limit, Cancellation);
        _places.Leave(2);
        Assert.Equal(2, _places.Free);
    }

    [Fact]
    public async Task A_row_that_waits_aside_in_vain_has_its_place_all_the_same()
    {
        _places.Take(2);
        var disk = new TaskCompletionSource();
        var aside = _places.AsideAsync(disk.Task);
        Assert.Equal(1, _places.Free);

        disk.SetException(new IOException("no"));

        await Assert.ThrowsAsync<IOException>(() => aside);
        Assert.Equal(0, _places.Free);
    }

    [Fact]
    public void Only_so_many_wait_aside()
    {
        var asideAtOnce = 0;
        while (asideAtOnce < 1000 && _places.Take(1) == 1)
        {
            _ = _places.AsideAsync(new TaskCompletionSource().Task);
            asideAtOnce++;
        }

        Assert.Equal(64 + 2, asideAtOnce);
        Assert.Equal(0, _places.Free);
    }

    [Fact]
    public void A_row_without_a_place_has_a_turn_where_rows_are_short_work_and_as_many_as_end_within_it()
    {
        var time = new FakeTimeProvider();
        var places = new StagePlaces(() => 2, time);
        Assert.Equal((StageTurn.Place, StageTurn.Place), (places.TakeOrWait(), places.TakeOrWait()));
        Assert.Equal(StageTurn.None, places.TakeOrWait());

        time.Advance(TimeSpan.FromMilliseconds(100));
        _ = places.TakeOrWait();
        for (var row = 0; row < 3; row++) Work(places);
        time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Equal([StageTurn.Wait, StageTurn.Wait, StageTurn.Wait, StageTurn.None], Turns(places, 4));
        places.GiveUp(StageTurn.Wait);
        Assert.Equal([StageTurn.Wait, StageTurn.None], Turns(places, 2));
        // Rows that have taken their time since are no short work.
        time.Advance(TimeSpan.FromSeconds(1));
        places.GiveUp(StageTurn.Wait);
        Assert.Equal(StageTurn.None, places.TakeOrWait());
        places.GiveUp(StageTurn.Place);
        Assert.Equal(1, places.Free);
    }

    private static List<StageTurn> Turns(StagePlaces places, int count) => [.. Enumerable.Range(0, count).Select(_ => places.TakeOrWait())];

    private static void Work(StagePlaces places)
    {
        places.BeginStoring();
        places.Stored();
        places.Take(1);
    }
}
