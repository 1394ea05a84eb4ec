using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Benchmarking;
using Qwen35Batch.Inference.Tests.Decoding;

namespace Qwen35Batch.Inference.Tests.Benchmarking;

public sealed class MixBenchmarkTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    [Fact]
    public void A_seed_gives_the_same_lengths_every_time_all_within_their_ranges()
    {
        var options = new MixBenchmarkOptions();

        var lengths = MixBenchmark.LengthsOf(options);

        Assert.Equal(lengths, MixBenchmark.LengthsOf(options));
        Assert.NotEqual(lengths, MixBenchmark.LengthsOf(options with { Seed = 18 }));
        Assert.Equal(64, lengths.Length);
        Assert.All(lengths, length => Assert.True(length is { Prompt: >= 40 and <= 600, Answer: >= 16 and <= 256 }));
    }

    [Fact]
    public void Each_way_sends_what_its_name_says()
    {
        (int, int)[] requests = [(10, 2), (30, 4), (20, 9), (40, 1), (50, 4)];

        Assert.Equal([[(30, 4), (30, 4)]], MixBenchmark.GroupsOf(MixWay.Even, requests, 2));
        Assert.Equal([[(10, 2), (30, 4)], [(20, 9), (40, 1)], [(50, 4)]], MixBenchmark.GroupsOf(MixWay.Waves, requests, 2));
        Assert.Equal([[(30, 4), (30, 4)], [(40, 9), (40, 9)], [(50, 4)]], MixBenchmark.GroupsOf(MixWay.PaddedWaves, requests, 2));
        Assert.Equal([requests], MixBenchmark.GroupsOf(MixWay.Continuous, requests, 2));
    }

    [Fact]
    public async Task All_ways_run_and_count_only_the_tokens_that_were_asked_for()
    {
        var options = new MixBenchmarkOptions
        {
            Requests = 7,
            Slots = 3,
            PromptTokens = (4, 30),
            AnswerTokens = (2, 12),
            PrefillTokensPerStep = 16,
            Execution = new() { Threads = 1 }
        };

        var result = await MixBenchmark.RunAsync(tiny.ModelPath, options, TestContext.Current.CancellationToken);

        Assert.Equal([MixWay.Even, MixWay.Waves, MixWay.PaddedWaves], result.Others.Select(run => run.Way));
        var asked = result.Requests.Sum(length => length.Answer);
        Assert.Equal(
            [asked, asked, asked], new[] { result.Continuous, result.Others[1], result.Others[2] }.Select(run => run.AnswerTokens));
        Assert.All(result.Others.Append(result.Continuous), run => Assert.True(run.Wall > TimeSpan.Zero && run.BatchFill is > 0 and <= 1));
    }

    [Theory]
    [InlineData(0, 40, "There must be 1 request or more")]
    [InlineData(4, 1, "Prompts must have 2 tokens or more")]
    [InlineData(4, 4000, "do not fit: the model knows 4096 positions.")]
    public async Task Numbers_out_of_range_are_refused_before_the_model_is_loaded(int requests, int prompt, string reason)
    {
        var options = new MixBenchmarkOptions { Requests = requests, PromptTokens = (prompt, Math.Max(prompt, 40)) };

        var error = await Assert.ThrowsAsync<RequestRefusedException>(
            () => MixBenchmark.RunAsync(tiny.ModelPath, options, TestContext.Current.CancellationToken));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
