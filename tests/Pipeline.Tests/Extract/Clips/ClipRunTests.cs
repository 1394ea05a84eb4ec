using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Pipeline.Extract.Clips;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Tests.Extract.Clips;

public sealed class ClipRunTests
{
    private static readonly ClipSpans Clips =
        new([.. Enumerable.Range(0, 10).Select(clip => new TimeSpanSeconds(clip * 5, (clip + 1) * 5))]);
    private readonly FakeTimeProvider _time = new();

    private ClipRun Begin(FrameSource source, int first) =>
        new(new(Clips, Clips.Count, [0], 1, 1, Fps: 1, TimeSpan.FromMinutes(5)), first, source.DecodeAsync, _time);

    private static IReadOnlyList<int> Seconds(ClipAnswer answer) => [.. answer.Frames!.Select(frame => (int)frame.Time.Seconds)];

    private void Gather() => _time.Advance(TimeSpan.FromMilliseconds(100));

    [Fact]
    public async Task Nothing_is_read_beyond_what_is_asked_for_and_ffmpeg_is_ended_after_a_while()
    {
        var source = new FrameSource(50);
        var run = Begin(source, 0);
        var asked = run.Ask(0)!;
        Gather();

        Assert.Equal([0, 1, 2, 3, 4], Seconds(await asked));
        // The first frame of the next clip tells that this one is complete.
        Assert.Equal(6, source.Taken);
        Assert.False(run.Ended.IsCompleted);

        while (!run.Ended.IsCompleted)
        {
            _time.Advance(ClipRun.LongestPause);
            await Task.Yield();
        }

        Assert.Equal(6, source.Taken);
        Assert.Null(run.Ask(1));
    }

    [Fact]
    public async Task A_clip_that_is_asked_for_later_goes_on_where_the_last_one_ended()
    {
        var source = new FrameSource(50);
        var run = Begin(source, 0);
        var first = run.Ask(0)!;
        Gather();
        await first;

        Assert.Equal([5, 6, 7, 8, 9], Seconds(await run.Ask(1)!));
        Assert.Equal([0], source.Begun);
    }

    [Fact]
    public async Task Clips_that_are_asked_for_together_are_decoded_from_the_first_of_them_on()
    {
        var source = new FrameSource(50);
        var run = Begin(source, 9);
        var asked = Enumerable.Range(0, 10).Reverse().Select(clip => run.Ask(clip)!).ToList();
        Gather();

        Assert.Equal(Enumerable.Range(0, 50), (await Task.WhenAll(asked)).Reverse().SelectMany(Seconds));
        Assert.Equal([0], source.Begun);
        Assert.Equal(50, source.Taken);
    }

    [Fact]
    public async Task A_clip_far_ahead_is_another_runs()
    {
        var run = Begin(new(50), 2);
        var (near, far) = (run.Ask(2)!, run.Ask(8)!);
        Gather();

        Assert.Same(ClipAnswer.Again, await far);
        Assert.Equal([10, 11, 12, 13, 14], Seconds(await near));
        Assert.Null(run.Ask(8));
        Assert.Null(run.Ask(1));
    }

    [Fact]
    public async Task A_failure_is_charged_to_the_clip_in_which_it_happened()
    {
        var run = Begin(new(8, exitCode: 1), 0);
        var asked = Enumerable.Range(0, 4).Select(clip => run.Ask(clip)!).ToList();
        Gather();

        var answers = await Task.WhenAll(asked);

        Assert.Equal([0, 1, 2, 3, 4], Seconds(answers[0]));
        Assert.Same(ClipAnswer.Alone, answers[1]);
        Assert.Same(ClipAnswer.Again, answers[2]);
        Assert.Same(ClipAnswer.Again, answers[3]);
    }

    [Fact]
    public async Task A_clip_without_frames_is_decoded_alone()
    {
        var run = Begin(new(8), 0);
        var asked = Enumerable.Range(0, 4).Select(clip => run.Ask(clip)!).ToList();
        Gather();

        var answers = await Task.WhenAll(asked);

        Assert.Equal([5, 6, 7], Seconds(answers[1]));
        Assert.Same(ClipAnswer.Alone, answers[2]);
        Assert.Same(ClipAnswer.Alone, answers[3]);
    }

    [Fact]
    public async Task Whoever_waits_last_ends_ffmpeg()
    {
        var run = Begin(new(50), 0);
        _ = run.Ask(0);
        _ = run.Ask(1);

        Assert.False(run.Leave(0));
        Assert.True(run.Leave(1));

        await run.Ended;
        Assert.Null(run.Ask(0));
    }

    [Fact]
    public async Task A_run_that_takes_long_ends_at_the_next_clip()
    {
        var source = new FrameSource(50);
        var run = Begin(source, 0);
        var first = run.Ask(0)!;
        Gather();
        await first;
        _time.Advance(TimeSpan.FromMinutes(6));
        if (run.Ask(1) is { } second)
            Assert.Same(ClipAnswer.Again, await second);

        await run.Ended;
        Assert.Equal(6, source.Taken);
    }
}
