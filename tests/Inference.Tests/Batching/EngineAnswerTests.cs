using Qwen35Batch.Inference.Batching.Sequences;
using Qwen35Batch.Inference.Sampling;
using static Qwen35Batch.Inference.Tests.Batching.EngineTest;

namespace Qwen35Batch.Inference.Tests.Batching;

public sealed class EngineAnswerTests
{
    [Theory]
    [InlineData(1, 4096, false)]
    [InlineData(32, 4096, false)]
    [InlineData(32, 16, false)]
    [InlineData(5, 7, false)]
    [InlineData(33, 4096, true)]
    [InlineData(6, 16, true)]
    public async Task A_greedy_answer_is_the_same_alone_and_among_31_neighbours_whole_or_in_chunks(int slots, int prefill, bool fixedShapes)
    {
        await using var engine = Start(new HistoryModel(slots), prefill: prefill, fixedShapes: fixedShapes);
        var requests = Enumerable.Range(0, 32).Select(i => Text(i, length: 2 + (i * 5), most: 1 + (i * 3))).ToArray();

        var answers = await Task.WhenAll(requests.Select(request => engine.Ask(request)));

        for (var i = 0; i < requests.Length; i++)
        {
            Assert.Equal(Expected(requests[i]), answers[i].TokenIds);
            Assert.Equal(requests[i].Prompt.TokenIds.Length, answers[i].PromptTokens);
        }

        Assert.Contains(answers, answer => answer.Cause == FinishCause.EndOfText);
        Assert.Contains(answers, answer => answer.Cause == FinishCause.Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_fixed_shapes_decode_runs_have_all_rows_or_one(bool hasIndependentRows)
    {
        var model = new HistoryModel(5) { HasIndependentRows = hasIndependentRows };
        await using var engine = Start(model, prefill: 16, fixedShapes: true);
        var requests = Enumerable.Range(0, 9).Select(i => Text(i, length: 5 + (i * 7), most: 4 + i)).ToArray();

        var answers = await Task.WhenAll(requests.Select(request => engine.Ask(request)));

        Assert.All(answers.Zip(requests), pair => Assert.Equal(Expected(pair.Second), pair.First.TokenIds));
        Assert.Equal(
            hasIndependentRows ? ["decode 4"] : [],
            model.Calls.Where(call => call.StartsWith("decode", StringComparison.Ordinal)).Distinct());
    }

    [Fact]
    public async Task Requests_that_join_while_others_run_get_their_own_answers()
    {
        var model = new HistoryModel(8);
        await using var engine = Start(model, prefill: 24);
        var late = new List<Task<Generation>>();
        var requests = Enumerable.Range(0, 40).Select(i => Text(i, length: 5 + (i * 7 % 60), most: 5 + (i * 11 % 40))).ToArray();
        model.BeforeDecode = run =>
        {
            if (run < 30)
            {
                late.Add(engine.Ask(requests[10 + run]));
            }
        };

        var first = await Task.WhenAll(requests[..10].Select(request => engine.Ask(request)));
        var others = await Task.WhenAll(late);

        Assert.Equal(30, others.Length);
        Assert.All(first.Concat(others).Zip(requests), pair => Assert.Equal(Expected(pair.Second), pair.First.TokenIds));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(150)]
    [InlineData(100_000)]
    public async Task A_prefix_snapshot_changes_the_work_but_not_the_answer(long prefixBytes)
    {
        var model = new HistoryModel(4);
        await using var engine = Start(model, prefill: 48, prefixBytes: prefixBytes);
        var requests = Enumerable.Range(0, 24)
            .Select(i => Shared(i, prefix: 16 + (16 * (i / 2 % 2)), length: 40, family: i % 2 == 0 ? 1 : 5))
            .ToArray();

        var answers = await Task.WhenAll(requests.Select(request => engine.Ask(request)));

        Assert.All(answers.Zip(requests), pair => Assert.Equal(Expected(pair.Second), pair.First.TokenIds));
        var cached = answers.Sum(answer => answer.CachedPromptTokens);
        Assert.Equal(24 * 39, model.PrefilledTokens + cached);
        Assert.Equal(engine.Statistics.CachedPromptTokens, cached);
        if (prefixBytes == 0)
        {
            Assert.Equal(0, cached);
        }
        else if (prefixBytes > 1000)
        {
            // Each of the four prefixes is computed once.
            Assert.Equal(2 * 5 * (16 + 32), cached);
            Assert.Equal(4, model.Snapshots);
        }
        else
        {
            Assert.Equal(1, model.Snapshots);
        }
    }

    [Fact]
    public async Task A_prefix_that_positions_or_pictures_make_special_is_not_shared()
    {
        await using var engine = Start(new HistoryModel(2), prefixBytes: 100_000);
        var request = WithPictures(8, Picture(1));
        request = request with { Prompt = request.Prompt with { SharedPrefixLength = 5 } };
        var other = WithPictures(8, Picture(2));
        other = other with { Prompt = other.Prompt with { SharedPrefixLength = 5 } };

        Assert.Equal(Expected(request), (await engine.Ask(request)).TokenIds);
        Assert.Equal(Expected(other), (await engine.Ask(other)).TokenIds);
        Assert.Equal(0, engine.Statistics.CachedPromptTokens);
    }

    [Theory]
    [InlineData(0, 16, 64, true)]
    [InlineData(0, 16, 64, false)]
    [InlineData(100_000, 64, 3, true)]
    [InlineData(100_000, 1, 64, false)]
    public async Task Pictures_reach_the_request_that_sent_them(long cacheBytes, int patches, int prefill, bool overlaps)
    {
        var vision = new PatchSum();
        await using var engine = Start(new HistoryModel(4), vision, prefill, patches, embeddingBytes: cacheBytes, overlaps: overlaps);
        var requests = Enumerable.Range(0, 12)
            .Select(i => WithPictures(10, [.. Enumerable.Range(0, i % 4).Select(n => Picture(((i * n) + n) % 5, blocks: 1 + n))]))
                .ToArray();

        var answers = await Task.WhenAll(requests.Select(request => engine.Ask(request)));

        Assert.All(answers.Zip(requests), pair => Assert.Equal(Expected(pair.Second), pair.First.TokenIds));
        Assert.All(answers.Zip(requests), pair => Assert.Equal(pair.Second.Prompt.MediaTokenIndexes.Length, pair.First.MediaTokens));
    }

    [Fact]
    public async Task A_picture_that_was_sent_before_is_not_encoded_again()
    {
        var vision = new PatchSum();
        await using var engine = Start(new HistoryModel(2), vision, embeddingBytes: 100_000);

        var first = await engine.Ask(WithPictures(4, Picture(1)));
        var second = await engine.Ask(WithPictures(4, Picture(1), Picture(2)));

        Assert.Equal([["picture 1"], ["picture 2"]], vision.Runs);
        Assert.Equal(0, first.CachedMediaTokens);
        Assert.Equal(4, second.CachedMediaTokens);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(3)]
    public async Task Forced_tokens_are_fed_without_asking_the_model(int prefill)
    {
        int[] script = [3, 4, 5, -1, 6, 7, 8, 9, 10, 11, -1, -1, 12, 13];
        var model = new HistoryModel(3);
        await using var engine = Start(model, prefill: prefill);
        var requests = Enumerable.Range(0, 6).Select(i => Text(i, grammar: new ScriptGrammar(script), most: 14)).ToArray();

        var answers = await Task.WhenAll(requests.Select(request => engine.Ask(request)));

        Assert.All(answers.Zip(requests), pair => Assert.Equal(Expected(pair.Second, new ScriptGrammar(script)), pair.First.TokenIds));
        Assert.All(answers, answer => Assert.Equal(FinishCause.Complete, answer.Cause));
        if (prefill == 64)
        {
            // Three choices a request, and one run for each: what is forced at the end is not fed at all.
            Assert.Equal(6 * 3, model.DecodedPasts.Sum(pasts => pasts.Count(past => past > 0)));
        }
    }

    [Fact]
    public async Task An_answer_without_any_choice_needs_no_model()
    {
        var model = new HistoryModel(1);
        await using var engine = Start(model);

        var answer = await engine.Ask(Text(1, grammar: new ScriptGrammar(3, 4, 5)));

        Assert.Equal([3, 4, 5], answer.TokenIds);
        Assert.Empty(model.Calls);
        Assert.Equal(0, engine.Statistics.Pending);
    }

    [Fact]
    public async Task An_answer_ends_where_a_stop_sequence_is_complete()
    {
        await using var engine = Start(new HistoryModel(1));
        var request = Text(3, most: 16);
        var whole = Expected(request);
        var stop = whole[4..6].SelectMany(id => Vocabulary[id]!).ToArray();

        var answer = await engine.Ask(request with { StopSequences = [[1, 2], stop] });

        Assert.Equal(whole[..6], answer.TokenIds);
        Assert.Equal(FinishCause.StopSequence, answer.Cause);
    }

    [Fact]
    public async Task A_sampled_answer_depends_on_its_seed_and_not_on_its_neighbours()
    {
        var sampling = new SamplingSettings { Temperature = 1.5f, Seed = 42 };
        await using var alone = Start(new HistoryModel(1));
        await using var together = Start(new HistoryModel(16), prefill: 9);
        var request = Text(5, most: 30) with { Sampling = sampling };

        var expected = await alone.Ask(request);
        var others = Enumerable.Range(6, 15)
            .Select(i => together.Ask(Text(i, most: 30) with { Sampling = sampling with { Seed = i } }))
            .ToArray();
        var answer = await together.Ask(request);
        var reseeded = await together.Ask(request with { Sampling = sampling with { Seed = 43 } });
        await Task.WhenAll(others);

        Assert.Equal(expected.TokenIds, answer.TokenIds);
        Assert.NotEqual(expected.TokenIds, reseeded.TokenIds);
    }

    [Fact]
    public async Task Tokens_are_streamed_as_they_are_known()
    {
        await using var engine = Start(new HistoryModel(2));
        var tokens = System.Threading.Channels.Channel.CreateUnbounded<int>();
        var request = Text(3);

        var answer = engine.Ask(request with { Stream = tokens.Writer });
        var streamed = await tokens.Reader.ReadAllAsync(TestContext.Current.CancellationToken)
            .ToArrayAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Expected(request), streamed);
        Assert.Equal(streamed, (await answer).TokenIds);
    }
}
