using Qwen35Batch.Inference.Benchmarking;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Tests.Decoding;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Tests.Benchmarking;

public sealed class RandomModelFolderTests : IDisposable
{
    private const int Piece = 1 << 20;

    /// <summary>Weights start at multiples of this.</summary>
    private const int Alignment = 65_536;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_model_whose_large_matrices_repeat_has_the_files_of_one_that_is_drawn_whole()
    {
        // 40,000 rows of 64 values: two pieces and a half.
        var config = Path.Combine(_folder.FolderPath, ModelConfig.FileName);
        var tiny = await File.ReadAllTextAsync(
            Path.Combine(TestData.Folder("tiny-dense"), ModelConfig.FileName), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            config,
            tiny.Replace("\"vocab_size\": 2048", "\"vocab_size\": 40000", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);

        var drawn = await MakeAsync(config, repeats: false);
        var repeated = await MakeAsync(config, repeats: true);

        Assert.Equal(Files(drawn), Files(repeated));
        Assert.Equal(Read(drawn, "vision.onnx.data"), Read(repeated, "vision.onnx.data"));
        var (whole, table) = (Read(drawn, "embedding.onnx.data"), Read(repeated, "embedding.onnx.data"));
        const int Bytes = Piece * sizeof(float);
        Assert.Equal(40_000 * 64 * sizeof(float), table.Length);
        Assert.Equal(whole[..Bytes], table[..Bytes]);
        Assert.Equal(table[..Bytes], table[Bytes..(2 * Bytes)]);
        Assert.Equal(table[..^(2 * Bytes)], table[(2 * Bytes)..]);

        // The head is the table in four bits, at the end, with its scales behind it. Up to its second piece nothing differs.
        var (text, pieces) = (Read(drawn, "text.onnx.data"), Read(repeated, "text.onnx.data"));
        var head = (text.AsSpan().CommonPrefixLength(pieces) / Alignment * Alignment) - (Piece / 2);
        Assert.Equal(pieces[head..(head + (Piece / 2))], pieces[(head + (Piece / 2))..(head + Piece)]);
        var scales = (head + (40_000 * 64 / 2) + Alignment - 1) / Alignment * Alignment;
        const int PieceScales = Piece / 64 * sizeof(float);
        Assert.Equal(scales + (40_000 * sizeof(float)), pieces.Length);
        Assert.Equal(text[scales..(scales + PieceScales)], pieces[scales..(scales + PieceScales)]);
        Assert.Equal(
            pieces[scales..(scales + PieceScales)], pieces[(scales + PieceScales)..(scales + (2 * PieceScales))]);
    }

    private async Task<string> MakeAsync(string config, bool repeats)
    {
        var target = Path.Combine(_folder.FolderPath, repeats ? "repeated" : "drawn");
        using var model = await RandomModelFolder.CreateAsync(
            config, ModelPrecision.Int4, null, TestContext.Current.CancellationToken, "WebGpu", target, repeats);
        return target;
    }

    private static byte[] Read(string folder, string file) => File.ReadAllBytes(Path.Combine(folder, file));

    private static IEnumerable<(string Name, long Length)> Files(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles().Select(file => (file.Name, file.Length)).Order();
}
