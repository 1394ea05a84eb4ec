using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Tests.Decoding;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Tests.Verification;

public sealed class ModelVerifierTests(TinyModel tiny) : IClassFixture<TinyModel>, IDisposable
{
    private static readonly ExecutionProviderOptions Cpu = new();

    private readonly TemporaryFolder _cases = new();

    public void Dispose() => _cases.Dispose();

    [Theory]
    [InlineData("tiny-moe")]
    [InlineData("tiny-dense")]
    public async Task Every_golden_case_of_a_checkpoint_passes(string checkpoint)
    {
        var results = await ModelVerifier.VerifyAsync(
            TestData.Folder(checkpoint), TestData.Cases(checkpoint), Cpu, null, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            ["image-one", "image-two", "text-ja", "text-long", "text-short", "video-odd-and-image", "video-one"],
            results.Select(result => result.Name));
        Assert.All(results, result => Assert.Null(result.Failure));
    }

    [Fact]
    public async Task A_case_of_another_model_fails_and_says_how_far_off_it_is()
    {
        CopyCases(TestData.Cases("tiny-dense"));

        var results = await VerifyAsync();

        Assert.Equal(7, results.Count);
        Assert.All(results, result => Assert.False(result.Passed));
        Assert.All(
            results.Where(result => result.EmbeddingDifference is null),
            result => Assert.StartsWith("The logits differ by ", result.Failure, StringComparison.Ordinal));
        Assert.All(
            results.Where(result => result.EmbeddingDifference is not null),
            result => Assert.StartsWith("The embeddings differ by ", result.Failure, StringComparison.Ordinal));
        Assert.All(results, result => Assert.InRange(result.LogitDifference!.Value, 0.1f, 100));
    }

    [Fact]
    public async Task A_clear_difference_in_a_greedy_token_fails()
    {
        Change("text-short", "greedy_ids", bytes => bytes[3 * sizeof(int)] ^= 1);

        var result = Assert.Single(await VerifyAsync());

        Assert.Equal((3, 4), (result.GreedyMatched, result.GreedyCompared));
        Assert.Matches("^Greedy token 4 is [0-9]+, not [0-9]+.$", result.Failure);
    }

    [Fact]
    public async Task A_difference_where_two_tokens_are_level_only_ends_the_comparison()
    {
        Change("text-short", "greedy_ids", bytes => bytes[3 * sizeof(int)] ^= 1);
        Change("text-short", "greedy_gap", bytes => BitConverter.TryWriteBytes(bytes.AsSpan(3 * sizeof(float)), 0.004f));

        var result = Assert.Single(await VerifyAsync());

        Assert.Equal((3, 3, true), (result.GreedyMatched, result.GreedyCompared, result.Passed));
    }

    [Fact]
    public async Task A_logit_that_is_not_a_number_fails()
    {
        Change("text-short", "logits", bytes => BitConverter.TryWriteBytes(bytes.AsSpan(400), float.NaN));

        Assert.StartsWith("The logits differ by NaN", Assert.Single(await VerifyAsync()).Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_logit_that_is_a_little_off_fails()
    {
        Change("text-short", "logits", bytes => BitConverter.TryWriteBytes(bytes.AsSpan(400), BitConverter.ToSingle(bytes, 400) + 0.0025f));

        var result = Assert.Single(await VerifyAsync());

        Assert.False(result.Passed);
        Assert.InRange(result.LogitDifference!.Value, 0.0024f, 0.0026f);
    }

    [Theory]
    [InlineData("logits", "lacks tensor logits [n, vocabulary]")]
    [InlineData("input_ids", "lacks tensor input_ids [S]")]
    [InlineData("image_embeds", "lacks tensor image_embeds [tokens, hidden]")]
    [InlineData("image_grid_thw", "lacks tensor image_grid_thw [media, 3]")]
    [InlineData("pixel_values_u8", "lacks tensor pixel_values_u8 [patches, 1536]")]
    public async Task A_case_that_lacks_a_tensor_fails_beside_the_others(string tensor, string reason)
    {
        CopyCase("image-one", text => text.Replace($"\"{tensor}\"", $"\"{new string('x', tensor.Length)}\"", StringComparison.Ordinal));
        CopyCase("text-short", text => text);

        var results = await VerifyAsync();

        Assert.Equal([false, true], results.Select(result => result.Passed));
        Assert.Contains(reason, results[0].Failure, StringComparison.Ordinal);
        Assert.Null(results[0].LogitDifference);
    }

    [Theory]
    [InlineData(
        "\"input_ids\":{\"dtype\":\"I32\",\"shape\":[85]",
        "\"input_ids\":{\"dtype\":\"F32\",\"shape\":[85]",
        "input_ids is F32, but must be I32 or I64")]
    public async Task A_case_with_a_tensor_of_another_type_fails(string from, string to, string reason)
    {
        CopyCase(
            "image-one",
            text =>
                text.Contains(from, StringComparison.Ordinal)
                    ? text.Replace(from, to, StringComparison.Ordinal)
                    : throw new InvalidOperationException(from));

        Assert.Contains(reason, Assert.Single(await VerifyAsync()).Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_truncated_case_fails()
    {
        CopyCase("text-ja", text => text[..^100]);

        Assert.Contains("is truncated or damaged", Assert.Single(await VerifyAsync()).Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_beyond_the_vocabulary_is_a_failed_case()
    {
        Change("text-short", "input_ids", bytes => BitConverter.TryWriteBytes(bytes.AsSpan(0), 99999));

        Assert.Contains("Token 99999 is not in the vocabulary", Assert.Single(await VerifyAsync()).Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_cases_than_one_batch_are_all_run()
    {
        for (var i = 0; i < 11; i++)
        {
            File.Copy(
                Path.Combine(TestData.Cases("tiny-moe"), "text-short.safetensors"),
                Path.Combine(_cases.FolderPath, $"copy-{i:d2}.safetensors"));
        }

        var results = await VerifyAsync();

        Assert.Equal(11, results.Count);
        Assert.All(results, result => Assert.True(result.Passed));
    }

    [Fact]
    public async Task No_cases_at_all_is_an_error()
    {
        var error = await Assert.ThrowsAsync<ModelFormatException>(VerifyAsync);

        Assert.Equal($"{_cases.FolderPath} has no cases: no *.safetensors files.", error.Message);
    }

    private async Task<List<VerifyResult>> VerifyAsync() =>
        await ModelVerifier.VerifyAsync(tiny.ModelPath, _cases.FolderPath, Cpu, null, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);

    private void CopyCases(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.safetensors"))
        {
            File.Copy(file, Path.Combine(_cases.FolderPath, Path.GetFileName(file)));
        }
    }

    private void CopyCase(string name, Func<string, string> change)
    {
        var encoding = System.Text.Encoding.Latin1;
        var text = File.ReadAllText(Path.Combine(TestData.Cases("tiny-moe"), name + ".safetensors"), encoding);
        File.WriteAllText(Path.Combine(_cases.FolderPath, name + ".safetensors"), change(text), encoding);
    }

    /// <summary>Changes the bytes of one tensor, in the copy of a case.</summary>
    private void Change(string name, string tensor, Action<byte[]> change)
    {
        var copy = Path.Combine(_cases.FolderPath, name + ".safetensors");
        if (!File.Exists(copy))
        {
            CopyCase(name, text => text);
        }

        var (entries, dataStart) = SafetensorsHeader.Read(copy);
        var entry = entries.Single(entry => entry.Name == tensor);
        using var stream = File.Open(copy, FileMode.Open);
        var bytes = new byte[entry.ByteLength];
        stream.Position = dataStart + entry.Start;
        stream.ReadExactly(bytes);
        change(bytes);
        stream.Position = dataStart + entry.Start;
        stream.Write(bytes);
    }
}
