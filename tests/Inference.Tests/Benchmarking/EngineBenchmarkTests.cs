using System.Text.Json;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Benchmarking;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Tests.Decoding;

namespace Qwen35Batch.Inference.Tests.Benchmarking;

public sealed class EngineBenchmarkTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    [Fact]
    public async Task Every_batch_size_is_measured_with_full_slots_and_a_whole_split()
    {
        var options = new EngineBenchmarkOptions
        {
            Batches = [1, 3],
            PromptTokens = 20,
            GeneratedTokens = 12,
            Execution = new() { Threads = 1 }
        };

        var results = await RunAsync(tiny.ModelPath, options);

        Assert.Equal([(1, 20, 12), (3, 20, 12)], results.Select(result => (result.Batch, result.PromptTokens, result.GeneratedTokens)));
        Assert.All(results, result => Assert.Equal(1, result.BatchFill));
        Assert.All(results, result =>
        {
            Assert.True(result.PrefillTokensPerSecond > 0 && result.DecodeTokensPerSecond > 0 && result.PeakMemoryBytes > 1 << 20);
            Assert.True(result.TimeToFirstToken > TimeSpan.Zero);
            Assert.True(result.Step.Model > TimeSpan.Zero && result.Step.Sampler > TimeSpan.Zero && result.Step.Other > TimeSpan.Zero);
        });
    }

    [Theory]
    [InlineData(0, 20, 12, "A batch size must be between 1 and 1024.")]
    [InlineData(1, 1, 12, "Prompts and answers must have 2 tokens or more.")]
    [InlineData(1, 20, 1, "Prompts and answers must have 2 tokens or more.")]
    [InlineData(1, 4000, 97, "Prompts of 4000 and answers of 97 tokens do not fit: the model knows 4096 positions.")]
    public async Task Numbers_out_of_range_are_refused_before_the_model_is_loaded(int batch, int prompt, int generated, string reason)
    {
        var options = new EngineBenchmarkOptions { Batches = [batch], PromptTokens = prompt, GeneratedTokens = generated };

        var error = await Assert.ThrowsAsync<RequestRefusedException>(() => RunAsync(tiny.ModelPath, options));

        Assert.Equal(reason, error.Message);
    }

    [Fact]
    public async Task A_random_model_of_a_shape_runs_and_leaves_nothing_behind()
    {
        string folder;
        using (var random = await RandomModelFolder.CreateAsync(
            Path.Combine(TestData.Folder("tiny-dense"), ModelConfig.FileName),
            ModelPrecision.Fp32,
            null,
            TestContext.Current.CancellationToken))
        {
            folder = random.FolderPath;
            Assert.Equal(["random"], Directory.GetDirectories(Path.GetDirectoryName(folder)!, "random").Select(Path.GetFileName));
            Assert.False(Directory.Exists(Path.Combine(Path.GetDirectoryName(folder)!, "shape", "random")));
            Assert.Equal(ModelPrecision.Fp32, ModelFolder.Open(folder).Precision);
            Assert.Single(
                await RunAsync(
                    folder,
                    new EngineBenchmarkOptions
                    {
                        Batches = [2],
                        PromptTokens = 8,
                        GeneratedTokens = 4,
                        Execution = new() { Threads = 1 }
                    }));

            // A shape has no tokenizer; answers can be held to a schema all the same.
            var schema = JsonSerializer.SerializeToElement(new { type = "string", minLength = 40 });
            var held = Assert.Single(
                await RunAsync(
                    folder,
                    new EngineBenchmarkOptions
                    {
                        Batches = [2],
                        PromptTokens = 8,
                        GeneratedTokens = 48,
                        Schema = schema,
                        Execution = new() { Threads = 1 }
                    }));
            Assert.True(held.Step.Grammar > TimeSpan.Zero);
        }

        Assert.False(Directory.Exists(folder));
    }

    private static async Task<List<EngineBenchmarkResult>> RunAsync(string folder, EngineBenchmarkOptions options) =>
        await EngineBenchmark.RunAsync(folder, options, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);
}
