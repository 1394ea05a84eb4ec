using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Batching.Sequences;
using Qwen35Batch.Inference.Sampling;
using static Qwen35Batch.Inference.Tests.Batching.EngineTest;

namespace Qwen35Batch.Inference.Tests.Batching;

public sealed class EngineFailureTests
{
    [Fact]
    public async Task A_prompt_that_the_model_cannot_take_fails_alone()
    {
        var model = new HistoryModel(4) { Fails = (first, length) => first == FirstToken(3) && length > 10 };
        await using var engine = Start(model, prefill: 8);

        await OnlyFails<InvalidDataException>(3, Requests(9).Select(request => engine.Ask(request)));
    }

    [Fact]
    public async Task A_defect_of_the_engine_itself_fails_what_it_has_and_is_told()
    {
        var clock = new BreakableClock();
        var model = new HistoryModel(4) { BeforeDecode = run => clock.IsBroken = run == 3 };
        await using var engine = Start(model, time: clock);

        var asked = Requests(6).Select(request => engine.Ask(request)).ToArray();

        var fault = await engine.Breakdown.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("The clock is broken.", fault.Message);
        clock.IsBroken = false;
        foreach (var request in asked)
        {
            await Assert.ThrowsAsync<EngineStoppedException>(() => request);
        }
    }

    [Fact]
    public async Task A_snapshot_that_does_not_fit_is_made_once()
    {
        var model = new HistoryModel(2);
        await using var engine = Start(model, prefixBytes: 1);

        for (var i = 0; i < 3; i++)
        {
            var request = Shared(i, prefix: 12, length: 20);
            Assert.Equal(Expected(request), (await engine.Ask(request)).TokenIds);
        }

        Assert.Equal(1, model.Saves);
    }

    [Fact]
    public async Task A_sequence_that_breaks_a_decode_run_fails_and_its_neighbours_finish()
    {
        var model = new HistoryModel(4) { Fails = (first, length) => first == FirstToken(3) && length == 22 };
        await using var engine = Start(model);

        await OnlyFails<InvalidDataException>(3, Requests(9).Select(request => engine.Ask(request)));
    }

    [Fact]
    public async Task A_decode_run_that_fails_once_costs_nobody_an_answer()
    {
        var model = new HistoryModel(4) { RunFails = run => run is 2 or 7 };
        await using var engine = Start(model, prefill: 8);
        var pictures = WithPictures(12, Picture(1), Picture(2));

        var answers = await Task.WhenAll(Requests(6).Append(pictures).Select(request => engine.Ask(request)));

        Assert.All(answers.Zip(Requests(6).Append(pictures)), pair => Assert.Equal(Expected(pair.Second), pair.First.TokenIds));
    }

    [Fact]
    public async Task Logits_that_are_not_numbers_fail_their_request_only()
    {
        var model = new HistoryModel(4) { IsNaN = (first, length) => first == FirstToken(3) && length == 21 };
        await using var engine = Start(model);

        await OnlyFails<ModelOutputException>(3, Requests(9).Select(request => engine.Ask(request)));
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(100, true)]
    [InlineData(100, false)]
    public async Task A_picture_that_cannot_be_encoded_fails_its_request_only(int patches, bool overlaps)
    {
        var vision = new PatchSum { Fails = media => media.ContentHash == "picture 3" };
        await using var engine = Start(new HistoryModel(4), vision, patches: patches, overlaps: overlaps);
        var requests = Enumerable.Range(0, 6).Select(i => WithPictures(8, Picture(i))).ToArray();

        var tasks = requests.Select(request => engine.Ask(request)).ToArray();

        await Assert.ThrowsAsync<InvalidDataException>(() => tasks[3]);
        foreach (var i in new[] { 0, 1, 2, 4, 5 })
        {
            Assert.Equal(Expected(requests[i]), (await tasks[i]).TokenIds);
        }
    }

    [Fact]
    public async Task A_request_with_too_many_pictures_for_one_step_and_a_broken_one_fails_instead_of_waiting_for_ever()
    {
        var vision = new PatchSum { Fails = media => media.ContentHash == "picture 3" };
        await using var engine = Start(new HistoryModel(1), vision, patches: 4);

        await Assert.ThrowsAsync<InvalidDataException>(() => engine.Ask(WithPictures(8, Picture(1), Picture(2), Picture(3), Picture(4))));
    }

    [Fact]
    public async Task A_request_that_can_never_fit_is_refused_at_once_with_the_numbers()
    {
        var model = new HistoryModel(1, maxLength: 64);
        await using var engine = Start(model);

        var error = await Assert.ThrowsAsync<RequestRefusedException>(() => engine.Ask(Text(1, length: 60, most: 5)));

        Assert.Equal(RequestRefusal.PromptTooLong, error.Kind);
        Assert.Contains("60 tokens for its prompt and 5 for its answer, 65 together", error.Message, StringComparison.Ordinal);
        Assert.Contains("holds 64", error.Message, StringComparison.Ordinal);
        Assert.Empty(model.Calls);
        Assert.Equal(4, (await engine.Ask(Text(1, length: 60, most: 4))).TokenIds.Length);
    }

    [Fact]
    public async Task A_token_budget_under_the_shortest_answer_is_refused()
    {
        await using var engine = Start(new HistoryModel(1));

        var error = await Assert.ThrowsAsync<RequestRefusedException>(
            () => engine.Ask(Text(1, most: 2, grammar: new ScriptGrammar(1, -1, 2))));

        Assert.Equal(RequestRefusal.AnswerLength, error.Kind);
        Assert.Contains("has 3. Allow", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_request_frees_its_slot_in_the_next_step()
    {
        var model = new HistoryModel(2);
        await using var engine = Start(model);
        using var cancellation = new CancellationTokenSource();
        var next = Text(2, length: 9, most: 3);
        Task<Generation>? waiting = null;
        model.BeforeDecode = run =>
        {
            if (run == 3)
            {
                waiting = engine.Ask(next);
                cancellation.Cancel();
            }
        };

        var cancelled = engine.RunAsync(_ => Text(0, length: 30, most: 2000, grammar: Endless()), cancellation.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        Assert.Equal(Expected(next), (await waiting!).TokenIds);
        Assert.DoesNotContain(model.DecodedPasts.Skip(4), pasts => pasts.Any(past => past > 30));
    }

    [Fact]
    public async Task A_request_that_is_cancelled_in_the_line_never_reaches_the_model()
    {
        var model = new HistoryModel(1);
        await using var engine = Start(model);
        using var cancellation = new CancellationTokenSource();
        Task<Generation>? second = null;
        model.BeforeDecode = run =>
        {
            if (run == 0)
            {
                second = engine.RunAsync(_ => Text(1, length: 77), cancellation.Token);
            }
            else if (run == 2)
            {
                cancellation.Cancel();
            }
        };

        await engine.Ask(Text(0, length: 5, most: 10));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second!);
        await engine.Ask(Text(2, length: 5));

        Assert.Equal(0, engine.Statistics.Pending);
        Assert.DoesNotContain(
            model.Calls, call => call.Contains("+76", StringComparison.Ordinal) || call.Contains("+64", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_that_expires_in_the_line_gives_its_place_to_the_next()
    {
        var time = new FakeTimeProvider();
        var model = new HistoryModel(1);
        await using var engine = Start(model, time: time, queue: 1);

        await Assert.ThrowsAsync<TimeoutException>(() => engine.Ask(Text(1) with { Deadline = time.GetUtcNow() }));

        Assert.Empty(model.Calls);
        Assert.Equal(0, engine.Statistics.Pending);
        Assert.Equal(
            Expected(Text(2)),
            (await engine.Ask(Text(2)).WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken)).TokenIds);
    }

    [Fact]
    public async Task A_request_whose_deadline_passes_is_given_up()
    {
        var time = new FakeTimeProvider();
        var model = new HistoryModel(1);
        await using var engine = Start(model, time: time);
        model.BeforeDecode = run => time.Advance(TimeSpan.FromSeconds(run == 5 ? 60 : 0));

        var expired = engine.Ask(Text(0, most: 2000, grammar: Endless()) with { Deadline = time.GetUtcNow().AddSeconds(30) });

        await Assert.ThrowsAsync<TimeoutException>(() => expired);
        Assert.Equal(6, model.DecodedPasts.Count);
        Assert.Equal(Expected(Text(1)), (await engine.Ask(Text(1) with { Deadline = time.GetUtcNow().AddSeconds(30) })).TokenIds);
    }

    [Fact]
    public async Task A_full_queue_makes_the_next_caller_wait_before_it_prepares_its_request()
    {
        var model = new HistoryModel(1);
        await using var engine = Start(model, queue: 1);
        var prepared = new List<int>();
        Task<Generation>[] tasks = [];
        int[] atRun3 = [];
        model.BeforeDecode = run =>
        {
            if (run == 3)
            {
                tasks = [.. Enumerable.Range(1, 3).Select(i => engine.RunAsync(_ => Prepare(i), TestContext.Current.CancellationToken))];
            }
            else if (run == 8)
            {
                lock (prepared)
                {
                    atRun3 = [.. prepared];
                }
            }
        };

        await engine.Ask(Text(0, most: 12));
        var answers = await Task.WhenAll(tasks);

        Assert.True(atRun3.Length <= 1);
        Assert.Equal([1, 2, 3], prepared.Order());
        Assert.All(answers.Zip(Enumerable.Range(1, 3)), pair => Assert.Equal(Expected(Text(pair.Second)), pair.First.TokenIds));

        EngineRequest Prepare(int i)
        {
            lock (prepared)
            {
                prepared.Add(i);
            }

            return Text(i);
        }
    }

    [Fact]
    public async Task Stopping_finishes_what_was_accepted_and_refuses_what_comes_later()
    {
        var model = new HistoryModel(2);
        var vision = new PatchSum();
        var engine = Start(model, vision, prefixBytes: 1000);
        Task? stop = null;
        model.BeforeDecode = run =>
        {
            if (run > 0 && model.DecodedPasts[run - 1].Length == 2)
            {
                stop ??= engine.StopAsync(CancellationToken.None);
            }
        };
        var requests = Enumerable.Range(0, 2).Select(i => Shared(i, 8, 20, most: 2000) with { Grammar = Endless() }).ToArray();

        var answers = await Task.WhenAll(requests.Select(request => engine.Ask(request)));
        await stop!;

        Assert.All(answers.Zip(requests), pair => Assert.Equal(Expected(pair.Second, Endless()), pair.First.TokenIds));
        Assert.True(model.IsDisposed && vision.IsDisposed);
        await Assert.ThrowsAsync<EngineStoppedException>(() => engine.Ask(requests[0]));
        await engine.DisposeAsync();
    }

    [Fact]
    public async Task Stopping_in_a_hurry_gives_up_what_runs_and_what_waits()
    {
        var model = new HistoryModel(2);
        var engine = Start(model, queue: 3);
        using var hurry = new CancellationTokenSource();
        Task? stop = null;
        model.BeforeDecode = run =>
        {
            if (run == 5)
            {
                stop = engine.StopAsync(hurry.Token);
                hurry.Cancel();
            }
        };

        var tasks = Enumerable.Range(0, 8).Select(i => engine.Ask(Text(i, most: 2000, grammar: Endless()))).ToArray();

        foreach (var task in tasks)
        {
            await Assert.ThrowsAsync<EngineStoppedException>(() => task);
        }

        await stop!;
        Assert.True(model.IsDisposed);
        Assert.Equal(6, model.DecodedPasts.Count);
    }

    private static ScriptGrammar Endless() => new([.. Enumerable.Repeat(-1, 2000)]);

    private static EngineRequest[] Requests(int count) => [.. Enumerable.Range(0, count).Select(i => Text(i))];

    private static async Task OnlyFails<TError>(int culprit, IEnumerable<Task<Generation>> running)
        where TError : Exception
    {
        var tasks = running.ToArray();
        var requests = Requests(tasks.Length);
        await Assert.ThrowsAsync<TError>(() => tasks[culprit]);
        for (var i = 0; i < tasks.Length; i++)
        {
            if (i != culprit)
            {
                Assert.Equal(Expected(requests[i]), (await tasks[i]).TokenIds);
            }
        }
    }

    /// <summary>
    /// Breaks for the engine's thread only: a request that is still being queued on another one must not meet the defect itself.
    /// </summary>
    private sealed class BreakableClock : TimeProvider
    {
        public volatile bool IsBroken;

        public override long GetTimestamp() => IsBroken && Thread.CurrentThread.Name == "Qwen35Batch engine"
            ? throw new InvalidOperationException("The clock is broken.")
            : base.GetTimestamp();
    }
}
