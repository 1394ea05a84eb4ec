using Qwen35Batch.Inference.Batching;
using static Qwen35Batch.Inference.Tests.Batching.EngineTest;

namespace Qwen35Batch.Inference.Tests.Batching;

/// <summary>The vision tower's thread is held where it is, so that what the decoder does meanwhile is seen.</summary>
public sealed class VisionOverlapTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Answers_are_decoded_while_a_picture_is_encoded()
    {
        using var held = new ManualResetEventSlim();
        var vision = new PatchSum { BeforeRun = _ => held.Wait(Patience) };
        var model = new HistoryModel(4);
        await using var engine = Start(model, vision);
        var (picture, text) = (WithPictures(8, Picture(1)), Text(1, most: 30));

        var seen = engine.Ask(picture);
        var read = await engine.Ask(text);
        Assert.False(seen.IsCompleted);
        held.Set();

        Assert.Equal(Expected(text), read.TokenIds);
        Assert.Equal(Expected(picture), (await seen).TokenIds);
    }

    [Fact]
    public async Task A_cancelled_request_leaves_at_once_though_its_picture_is_still_being_encoded_and_the_next_one_gets_the_embeddings()
    {
        using var held = new ManualResetEventSlim();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var vision = new PatchSum
        {
            BeforeRun = _ =>
            {
                started.TrySetResult();
                held.Wait(Patience);
            },
        };
        await using var engine = Start(new HistoryModel(2), vision, embeddingBytes: 100_000, queue: 1);
        using var cancellation = new CancellationTokenSource();
        var request = WithPictures(8, Picture(1));

        var cancelled = engine.RunAsync(_ => request, cancellation.Token);
        await started.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        // Its place in the queue is free although the vision tower has not come back.
        Assert.Equal(Expected(Text(1)), (await engine.Ask(Text(1)).WaitAsync(Patience, TestContext.Current.CancellationToken)).TokenIds);
        held.Set();
        var answer = await engine.Ask(request);

        Assert.Equal(Expected(request), answer.TokenIds);
        Assert.Equal(4, answer.CachedMediaTokens);
        Assert.Single(vision.Runs);
    }

    [Fact]
    public async Task Requests_that_wait_for_the_same_picture_share_one_run_without_a_cache()
    {
        using var held = new ManualResetEventSlim();
        var vision = new PatchSum { BeforeRun = run => (run == 0 ? held : null)?.Wait(Patience) };
        await using var engine = Start(new HistoryModel(4), vision, embeddingBytes: 0);
        var first = WithPictures(4, Picture(9));
        var requests = Enumerable.Range(0, 5).Select(i => WithPictures(4 + i, Picture(1), Picture(1))).ToArray();

        var blocked = engine.Ask(first);
        var tasks = requests.Select(request => engine.Ask(request)).ToArray();
        held.Set();
        var answers = await Task.WhenAll(tasks);
        await blocked;

        Assert.All(answers.Zip(requests), pair => Assert.Equal(Expected(pair.Second), pair.First.TokenIds));
        Assert.All(vision.Runs, run => Assert.Equal(run.Distinct(), run));
        Assert.Contains(answers, answer => answer.CachedMediaTokens == 8);
    }

    [Fact]
    public async Task Stopping_in_a_hurry_waits_for_the_run_before_the_tower_is_disposed()
    {
        using var held = new ManualResetEventSlim();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var vision = new PatchSum();
        vision.BeforeRun = _ =>
        {
            started.TrySetResult();
            held.Wait(Patience);
            Assert.False(vision.IsDisposed);
        };
        var model = new HistoryModel(2);
        var engine = Start(model, vision);
        var request = engine.Ask(WithPictures(8, Picture(1)));
        await started.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        var stop = engine.StopAsync(new CancellationToken(canceled: true));
        await Assert.ThrowsAsync<EngineStoppedException>(() => request);
        Assert.False(vision.IsDisposed);
        held.Set();
        await stop;

        Assert.True(vision.IsDisposed && model.IsDisposed);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 3)]
    public async Task With_fixed_shapes_each_picture_has_a_run_of_its_own(bool fixedShapes, int expected)
    {
        var vision = new PatchSum();
        await using var engine = Start(new HistoryModel(2), vision, fixedShapes: fixedShapes);
        var request = WithPictures(8, Picture(1), Picture(2), Picture(3));

        Assert.Equal(Expected(request), (await engine.Ask(request)).TokenIds);
        Assert.Equal(expected, vision.Runs.Count);
    }
}
