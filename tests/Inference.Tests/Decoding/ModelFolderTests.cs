using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Tests.Decoding;

public sealed class ModelFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Folder => _folder.FolderPath;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_that_is_not_there_says_how_to_make_one() =>
        Refused(
            Path.Combine(Folder, "none"), $"does not exist. Convert a checkpoint to it: qwen35batch model convert <checkpoint> {Folder}");

    [Fact]
    public void A_checkpoint_says_that_it_must_be_converted() =>
        Refused(TestData.Folder("tiny-moe"), "is a checkpoint, not a model folder. Convert it first: qwen35batch model convert");

    [Fact]
    public async Task A_file_that_is_missing_is_named()
    {
        await ConvertAsync("tiny-moe");
        File.Delete(Path.Combine(Folder, "vision.onnx"));

        Refused(Folder, $"The model folder {Folder} lacks vision.onnx.");
    }

    [Theory]
    [InlineData("states.onnx")]
    [InlineData("best.onnx")]
    public async Task A_model_for_gpus_needs_more_files(string file)
    {
        await ConvertAsync("tiny-moe", GraphKind.Gpu);
        File.Delete(Path.Combine(Folder, file));

        Refused(Folder, $"The model folder {Folder} lacks {file}. Convert the checkpoint again.");
    }

    [Fact]
    public async Task A_damaged_manifest_is_named()
    {
        await ConvertAsync("tiny-moe");
        await File.WriteAllTextAsync(Path.Combine(Folder, "qwen35batch.json"), """{"name":"x"}""", TestContext.Current.CancellationToken);

        Refused(Folder, "qwen35batch.json is damaged");
    }

    [Fact]
    public async Task A_damaged_graph_is_named()
    {
        await ConvertAsync("tiny-moe");
        await File.WriteAllTextAsync(Path.Combine(Folder, "text.onnx"), "not a graph", TestContext.Current.CancellationToken);

        var error = Assert.Throws<ModelFormatException>(() => Open());

        Assert.StartsWith($"{Path.Combine(Folder, "text.onnx")} cannot be loaded:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_graph_of_another_shape_is_refused()
    {
        await ConvertAsync("tiny-moe");
        var config = Path.Combine(Folder, "config.json");
        var text = await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            config,
            text.Replace("\"vocab_size\": 2048", "\"vocab_size\": 2000", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);

        var error = Assert.Throws<ModelFormatException>(() => Open());

        Assert.Contains("text.onnx does not give 2000 logits, as config.json says", error.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// onnxruntime-genai: the convolution's state has its channels first, all tokens' logits are given, and there is no manifest.
    /// </summary>
    [Fact]
    public async Task A_folder_that_another_tool_exported_runs()
    {
        await ConvertAsync("tiny-dense");
        File.Delete(Path.Combine(Folder, "qwen35batch.json"));
        ExportedGraph.Write(Path.Combine(Folder, "text.onnx"));

        var folder = ModelFolder.Open(Folder);
        using var model = folder.CreateSequenceModel(new SequenceModelOptions { Slots = 2, MaxLength = 16 });
        var (first, second) = (new float[2 * 2048], new float[2048]);
        var chunk = new PrefillChunk { Slot = 1, Past = 0, TokenIds = new[] { 5, 6, 7 }, Positions = new int[9] };
        model.Prefill(chunk, first);
        model.Prefill(chunk with { Past = 3 }, []);
        model.Prefill(chunk with { Past = 6 }, second);

        Assert.Matches($"^{Path.GetFileName(Folder)}@[0-9a-f]{{12}}$", folder.Identity);

        // Its logits count the runs that the state has seen since the sequence began: rows 1 and 2 of the first run, then the third.
        Assert.All(first, logit => Assert.Equal(1, logit));
        Assert.All(second, logit => Assert.Equal(3, logit));
    }

    [Theory]
    [InlineData("Cuda", "This build has no Cuda execution provider. Build with -p:OnnxRuntime=Cuda")]
    [InlineData("directml", "This build has no DirectML execution provider. Build with -p:OnnxRuntime=DirectML on Windows")]
    [InlineData("Tpu", "\"Tpu\" is neither Cpu, WebGpu, DirectML nor Cuda, nor an existing plug-in provider library")]
    public async Task A_provider_that_is_not_there_says_what_to_do(string provider, string sentence)
    {
        await ModelConverter.ConvertAsync(
            TestData.Folder("tiny-moe"),
            Folder,
            new ConversionOptions { Graph = GraphKind.Portable },
            null,
            TestContext.Current.CancellationToken);
        var execution = new ExecutionProviderOptions { Provider = provider };

        var error = Assert.Throws<ExecutionProviderException>(() => ModelFolder.Open(Folder).CreateVisionEncoder(execution));

        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_library_that_is_no_provider_is_named()
    {
        var library = Path.Combine(Folder, "provider.so");
        await File.WriteAllTextAsync(library, "no library", TestContext.Current.CancellationToken);

        var error = Assert.Throws<ExecutionProviderException>(
            () => ExecutionProviders.Check(new ExecutionProviderOptions { Provider = library }));

        Assert.StartsWith($"The plug-in provider library {library} cannot be used:", error.Message, StringComparison.Ordinal);
    }

    private Task ConvertAsync(string checkpoint, GraphKind? graph = null) =>
        ModelConverter.ConvertAsync(
            TestData.Folder(checkpoint), Folder, new ConversionOptions { Graph = graph }, null, TestContext.Current.CancellationToken);

    private void Open() => ModelFolder.Open(Folder).CreateSequenceModel(new SequenceModelOptions { Slots = 1, MaxLength = 8 }).Dispose();

    private static void Refused(string folder, string complaint)
    {
        var error = Assert.Throws<ModelFormatException>(() => ModelFolder.Open(folder));
        Assert.Contains(complaint, error.Message, StringComparison.Ordinal);
    }
}
