using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Tests.Extract;

public sealed class PictureRoomTests
{
    private readonly PictureRoom _room = new(Options.Create(new ExtractOptions { PicturesMemoryBytes = 100 }));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_finds_no_room_waits_in_the_order_of_asking()
    {
        var first = await _room.TakeAsync(60, Token);
        var second = await _room.TakeAsync(40, Token);
        var (large, small) = (_room.TakeAsync(90, Token), _room.TakeAsync(1, Token));

        Assert.False(large.IsCompleted || small.IsCompleted);
        second.Dispose();
        second.Dispose();
        // The small one must not starve the large one.
        Assert.Equal(60, _room.Taken);
        first.Dispose();

        await Task.WhenAll(large, small);
        Assert.Equal(91, _room.Taken);
    }

    [Fact]
    public async Task What_is_larger_than_all_room_gets_in_alone()
    {
        var huge = await _room.TakeAsync(1_000, Token);
        var next = _room.TakeAsync(1, Token);

        Assert.False(next.IsCompleted);
        huge.Dispose();

        (await next).Dispose();
        Assert.Equal(0, _room.Taken);
    }

    [Fact]
    public async Task Whoever_stops_waiting_holds_up_nobody()
    {
        var first = await _room.TakeAsync(60, Token);
        using var cancelled = new CancellationTokenSource();
        var (large, small) = (_room.TakeAsync(90, cancelled.Token), _room.TakeAsync(40, Token));

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        (await small).Dispose();
        first.Dispose();
        Assert.Equal(0, _room.Taken);
    }

    [Fact]
    public void A_segment_takes_what_its_pictures_and_its_sound_may_take()
    {
        var media = new MediaDescription
        {
            Sha256 = "",
            Kind = MediaKind.Video,
            MediaType = "video/mp4",
            LengthBytes = 1,
            Width = 100,
            Height = 10,
            HasAudio = true,
        };
        var clip = new SegmentReference { Number = 0, Kind = SegmentKind.Clip, StartSeconds = 10, EndSeconds = 20 };
        var page = new SegmentReference { Number = 0, Kind = SegmentKind.Page, Page = 1 };

        Assert.Equal((1_000L * 3 * (20 + 17)) + (10 * 16_000 * 2), SegmentBytes.Of(media, clip, new(), new() { FramesPerSecond = 2 }));
        Assert.Equal(500L * 3 * (10 + 17), SegmentBytes.Of(media with { HasAudio = false }, clip, new() { MaxFramePixels = 500 }, new()));
        var document = media with { Kind = MediaKind.Pdf, Width = null, Height = null };
        Assert.Equal(3L * 1_048_576, SegmentBytes.Of(document, page, new(), new()));
        Assert.Equal(0, SegmentBytes.Of(media, new() { Number = 9, Kind = SegmentKind.Synthesis }, new(), new()));
    }
}
