using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract.Pictures;

/// <summary>Frames of an animation that change a part of what was there before.</summary>
public sealed class AnimationTests : IDisposable
{
    private static readonly GifFile.Frame White = new(0, 0, 64, 32, 1);

    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_small_frame_is_read_where_it_stands_on_what_was_before_it()
    {
        var picture = await ReadAsync(White, new(40, 8, 16, 16, 2));

        Assert.Equal((64, 32), (picture.Width, picture.Height));
        Assert.Equal([255, 255, 255], Pixel(picture, 4, 4));
        Assert.Equal([255, 0, 0], Pixel(picture, 48, 16));
        Assert.Equal([255, 255, 255], Pixel(picture, 60, 30));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    public async Task What_a_frame_leaves_behind_is_what_it_says(int disposal, bool isLeft)
    {
        // All white and all black are nothing: the third frame is the first that shows anything.
        var picture = await ReadAsync(White, new(0, 0, 64, 32, 0, disposal), new(0, 0, 16, 32, 2));

        Assert.Equal([255, 0, 0], Pixel(picture, 4, 4));
        Assert.Equal(isLeft ? [0, 0, 0] : [255, 255, 255], Pixel(picture, 48, 16));
    }

    private static int[] Pixel(Picture picture, int x, int y)
    {
        var at = picture.Pixmap.Length - (3 * ((picture.Height - y) * picture.Width)) + (3 * x);
        return [.. picture.Pixmap.Span.Slice(at, 3).ToArray().Select(value => (int)value)];
    }

    private async Task<Picture> ReadAsync(params GifFile.Frame[] frames) => Assert.Single(
        Assert.Single(await _rig.ExtractAsync(_rig.Folder.Write("a.gif", GifFile.Of(64, 32, frames)))).Pictures);
}
