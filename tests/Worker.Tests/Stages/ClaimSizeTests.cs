using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Worker.Stages;

namespace Qwen35Batch.Worker.Tests.Stages;

public sealed class ClaimSizeTests
{
    private const int Places = 8;

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(60);

    private readonly FakeTimeProvider _time = new();
    private readonly StagePlaces _places;

    public ClaimSizeTests() => _places = new(() => Places, _time);

    [Fact]
    public void Of_short_rows_twice_as_many_more_are_claimed_as_have_ended_since_the_last_claim()
    {
        var size = Claimed(isAhead: true, isMore: true);
        Work(Places);

        Assert.Equal(3 * Places, size.Wanted);
        Assert.Equal(TimeSpan.Zero, size.WaitBefore(Places));
    }

    [Fact]
    public void Of_rows_that_take_their_time_only_those_are_claimed_that_have_a_place()
    {
        var size = Claimed(isAhead: true, isMore: true);
        _time.Advance(Soon);
        Assert.Equal(0, size.Wanted);

        _time.Advance(TimeSpan.FromSeconds(1));
        Work(1);

        Assert.Equal(1, size.Wanted);
    }

    [Fact]
    public void None_is_claimed_ahead_when_there_were_no_more()
    {
        var size = Claimed(isAhead: true, isMore: false);
        Work(Places);

        Assert.Equal(Places, size.Wanted);
    }

    [Fact]
    public void A_stage_without_short_rows_claims_for_its_places_alone()
    {
        var size = Claimed(isAhead: false, isMore: true);
        Work(Places);

        Assert.Equal(Places, size.Wanted);
    }

    [Fact]
    public void Those_that_wait_already_are_not_claimed_again_and_a_claim_comes_after_a_while()
    {
        var size = Claimed(isAhead: true, isMore: true);
        Work(5);
        for (var row = 0; row < 7; row++) _ = _places.EnterAsync(TestContext.Current.CancellationToken);

        // Five have places now, and two wait.
        Assert.Equal(8, size.Wanted);
        Assert.True(size.WaitBefore(Places) > TimeSpan.Zero);
        _time.Advance(Soon);
        Assert.True(size.WaitBefore(Places) <= TimeSpan.Zero);
    }

    [Fact]
    public void However_short_the_rows_are_few_wait()
    {
        var size = Claimed(isAhead: true, isMore: true);
        for (var round = 0; round < 100; round++)
        {
            Work(Places);
            _places.Take(Places);
        }

        Assert.Equal(128, size.Wanted);
    }

    private ClaimSize Claimed(bool isAhead, bool isMore)
    {
        var size = new ClaimSize(_places, isAhead, _time);
        Assert.Equal(Places, size.Wanted);
        size.Begin();
        _places.Take(Places);
        size.End(isMore);
        return size;
    }

    private void Work(int rows)
    {
        for (var row = 0; row < rows; row++)
        {
            _places.BeginStoring();
            _places.Stored();
        }
    }
}
