using System.Text.Json.Nodes;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Tests.Decoding;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Tests.Conversion;

public sealed class ModelConverterTests : IDisposable
{
    private static readonly string[] Written =
    [
        "config.json", "embedding.onnx", "embedding.onnx.data", "generation_config.json", "processor_config.json", "qwen35batch.json",
        "text.onnx", "text.onnx.data", "tokenizer.json", "tokenizer_config.json", "vision.onnx", "vision.onnx.data",
    ];

    private readonly TemporaryFolder _folder = new();

    private string Target => Path.Combine(_folder.FolderPath, "models", "tiny");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_model_folder_has_the_graphs_and_the_files_that_came_along()
    {
        await ConvertAsync();

        Assert.Equal(Written, Names(Target));
        Assert.Equal(["tiny"], Names(Path.GetDirectoryName(Target)!));
        var processor = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(Target, "processor_config.json"), TestContext.Current.CancellationToken))!;
        Assert.Equal(65536, (int)processor["image_processor"]!["size"]!["shortest_edge"]!);
        Assert.Equal(768, (int)processor["video_processor"]!["max_frames"]!);
    }

    [Fact]
    public async Task A_tied_head_in_rows_is_stored_once()
    {
        await ModelConverter.ConvertAsync(
            TestData.Folder("tiny-dense"),
            Target,
            new ConversionOptions { Graph = GraphKind.Fused },
            null,
            TestContext.Current.CancellationToken);

        var table = 2048 * 64 * sizeof(float);
        Assert.InRange(new FileInfo(Path.Combine(Target, "embedding.onnx.data")).Length, table, table + 65536);
        using var checkpoint = Checkpoint.Open(TestData.Folder("tiny-dense"));
        var others = checkpoint.Tensors.Values.Where(
            tensor => !tensor.Name.StartsWith("model.visual.", StringComparison.Ordinal) && tensor.Name != CheckpointLayout.EmbeddingName)
                .ToArray();
        var rotary = 2 * 4096 * 4;
        var alignment = 65536L * others.Length;
        Assert.InRange(
            new FileInfo(Path.Combine(Target, "text.onnx.data")).Length,
            1,
            ((others.Sum(tensor => tensor.Count) + rotary) * sizeof(float)) + alignment);
    }

    [Fact]
    public async Task The_processors_own_files_are_kept()
    {
        var checkpoint = Copy("tiny-moe");
        await WriteAsync(Path.Combine(checkpoint, "video_preprocessor_config.json"), """{"fps":3}""");

        await ModelConverter.ConvertAsync(checkpoint, Target, new ConversionOptions(), null, TestContext.Current.CancellationToken);

        var processor = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(Target, "processor_config.json"), TestContext.Current.CancellationToken))!;
        Assert.Equal(3, (int)processor["video_processor"]!["fps"]!);
    }

    [Fact]
    public async Task The_identity_changes_with_a_single_weight()
    {
        await ConvertAsync();
        var first = ModelFolder.Open(Target);
        var changed = Copy("tiny-moe");
        var weights = Path.Combine(changed, "model.safetensors");
        var bytes = await File.ReadAllBytesAsync(weights, TestContext.Current.CancellationToken);
        bytes[^100] ^= 1;
        await File.WriteAllBytesAsync(weights, bytes, TestContext.Current.CancellationToken);

        await ModelConverter.ConvertAsync(
            Copy("tiny-moe", "again"), Target, new ConversionOptions(), null, TestContext.Current.CancellationToken);
        var again = ModelFolder.Open(Target);
        await ModelConverter.ConvertAsync(changed, Target, new ConversionOptions(), null, TestContext.Current.CancellationToken);
        var other = ModelFolder.Open(Target);

        Assert.Equal(first.Revision, again.Revision);
        Assert.NotEqual(first.Revision, other.Revision);
        Assert.Matches("^tiny-moe@[0-9a-f]{12}-bf16$", first.Identity);
    }

    [Fact]
    public async Task Progress_grows_to_the_whole()
    {
        var reports = new List<ConversionProgress>();

        await ModelConverter.ConvertAsync(
            TestData.Folder("tiny-moe"),
            Target,
            new ConversionOptions(),
            new Collector(reports.Add),
            TestContext.Current.CancellationToken);

        Assert.InRange(reports.Count, 20, 1100);
        Assert.Equal(reports.Select(report => report.Done).Order(), reports.Select(report => report.Done));
        Assert.Equal(reports[^1].Total, reports[^1].Done);
        Assert.InRange(reports[^2].Done, reports[^1].Total * 0.97, reports[^1].Total);
    }

    [Fact]
    public async Task A_cancelled_conversion_leaves_nothing_behind_and_the_old_model_in_place()
    {
        await ConvertAsync();
        var before = await File.ReadAllTextAsync(Path.Combine(Target, "qwen35batch.json"), TestContext.Current.CancellationToken);
        using var cancellation = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ModelConverter.ConvertAsync(
            TestData.Folder("tiny-dense"), Target, new ConversionOptions(), new Collector(_ => cancellation.Cancel()), cancellation.Token));

        Assert.Equal(["tiny"], Names(Path.GetDirectoryName(Target)!));
        Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(Target, "qwen35batch.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task While_it_is_written_there_is_no_model()
    {
        var seen = false;

        await ModelConverter.ConvertAsync(
            TestData.Folder("tiny-moe"),
            Target,
            new ConversionOptions(),
            new Collector(report => seen |= report.Stage != "qwen35batch.json" && Directory.Exists(Target)),
            TestContext.Current.CancellationToken);

        Assert.False(seen);
        Assert.True(ModelFolder.IsModelFolder(Target));
    }

    [Fact]
    public async Task What_a_killed_conversion_left_is_cleared_away_by_the_next()
    {
        var left = Directory.CreateDirectory(Target + ".partial-killed").FullName;
        await WriteAsync(Path.Combine(left, "text.onnx.data"), "half");

        await ConvertAsync();

        Assert.Equal(["tiny"], Names(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public async Task What_another_conversion_is_writing_is_left_alone()
    {
        using var other = PartialFolder.Create(Target);

        await ConvertAsync();

        Assert.True(Directory.Exists(other.FolderPath));
        Assert.True(ModelFolder.IsModelFolder(Target));
    }

    [Fact]
    public async Task A_folder_that_holds_something_else_is_never_replaced()
    {
        Directory.CreateDirectory(Target);
        await WriteAsync(Path.Combine(Target, "thesis.docx"), "years of work");

        await RefusedAsync(TestData.Folder("tiny-moe"), $"{Target} is not empty and not a model folder.");

        Assert.Equal(["thesis.docx"], Names(Target));
    }

    [Fact]
    public async Task A_checkpoint_is_never_replaced_by_its_model()
    {
        var checkpoint = Copy("tiny-moe");

        await Assert.ThrowsAsync<ModelFormatException>(
            () =>
                ModelConverter.ConvertAsync(checkpoint, checkpoint, new ConversionOptions(), null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_checkpoint_without_a_tokenizer_is_refused()
    {
        var checkpoint = Copy("tiny-moe");
        File.Delete(Path.Combine(checkpoint, "tokenizer.json"));

        await RefusedAsync(checkpoint, $"{checkpoint} has no tokenizer.json.");
    }

    [Fact]
    public async Task A_checkpoint_that_lacks_a_tensor_is_refused_before_anything_is_written()
    {
        var checkpoint = Copy("tiny-dense");
        File.Copy(Path.Combine(TestData.Folder("tiny-moe"), "config.json"), Path.Combine(checkpoint, "config.json"), overwrite: true);

        await RefusedAsync(checkpoint, "but config.json asks for");

        Assert.False(Directory.Exists(Path.GetDirectoryName(Target)));
    }

    private Task ConvertAsync(string checkpoint = "tiny-moe") =>
        ModelConverter.ConvertAsync(
            TestData.Folder(checkpoint), Target, new ConversionOptions(), null, TestContext.Current.CancellationToken);

    private async Task RefusedAsync(string checkpoint, string complaint)
    {
        var error = await Assert.ThrowsAsync<ModelFormatException>(
            () => ModelConverter.ConvertAsync(checkpoint, Target, new ConversionOptions(), null, TestContext.Current.CancellationToken));
        Assert.Contains(complaint, error.Message, StringComparison.Ordinal);
    }

    private static Task WriteAsync(string file, string text) => File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);

    private string Copy(string checkpoint, string folder = "copy")
    {
        var target = Directory.CreateDirectory(Path.Combine(_folder.FolderPath, folder, checkpoint)).FullName;
        foreach (var file in Directory.EnumerateFiles(TestData.Folder(checkpoint)))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        return target;
    }

    private static string[] Names(string folder) =>
        [.. new DirectoryInfo(folder).EnumerateFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal)];

    /// <summary>Reports at once, on the converting thread.</summary>
    private sealed class Collector(Action<ConversionProgress> report) : IProgress<ConversionProgress>
    {
        public void Report(ConversionProgress value) => report(value);
    }
}
