using System.Security.Cryptography;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Decoding.Operators;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>A converted model: text.onnx, vision.onnx, embedding.onnx and the files that came with the checkpoint.</summary>
public sealed class ModelFolder
{
    private static readonly string[] Required =
        [GraphNames.TextFile, GraphNames.VisionFile, GraphNames.EmbeddingFile, ModelConfig.FileName, "tokenizer.json"];

    private ModelFolder(string path, ModelConfig config, string name, string revision, ModelManifest? manifest)
    {
        Precision = manifest?.Precision;
        Graph = manifest?.Graph;
        FolderPath = path;
        Config = config;
        Name = name;
        Revision = revision;
    }

    public string FolderPath { get; }

    /// <summary>The checkpoint's name.</summary>
    public string Name { get; }

    /// <summary>A hash of the checkpoint, and the precision that it was converted to.</summary>
    public string Revision { get; }

    /// <summary>How the converter stored the matrices; null for a folder that another tool exported.</summary>
    public ModelPrecision? Precision { get; }

    /// <summary>Of which operators the converter made the graphs; null as above.</summary>
    public GraphKind? Graph { get; }

    /// <summary><c>name@revision</c>: what an insight says about its model.</summary>
    public string Identity => ModelManifest.IdentityOf(Name, Revision);

    internal ModelConfig Config { get; }

    /// <summary>Whether a folder looks like a converted model; <see cref="Open"/> says what is wrong with one that does.</summary>
    public static bool IsModelFolder(string path) =>
        File.Exists(Path.Combine(path, ModelManifest.FileName)) || File.Exists(Path.Combine(path, GraphNames.TextFile));

    /// <summary>Whether a folder that looks like a model has all its files: an older converter wrote fewer.</summary>
    internal static bool IsComplete(string path) => !Missing(path, ModelManifest.Read(path)).Any();

    /// <summary>Opens and checks a model folder. The graphs are loaded later.</summary>
    /// <exception cref="ModelFormatException">The folder or one of its files is missing or not usable.</exception>
    public static ModelFolder Open(string path)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (!Directory.Exists(path))
        {
            throw new ModelFormatException(
                $"The model folder {path} does not exist. Convert a checkpoint to it: qwen35batch model convert <checkpoint> {path}");
        }

        if (!IsModelFolder(path) && Directory.EnumerateFiles(path, "*.safetensors").Any())
        {
            throw new ModelFormatException(
                $"{path} is a checkpoint, not a model folder. Convert it first: qwen35batch model convert {path} <model folder>");
        }

        var manifest = ModelManifest.Read(path);
        foreach (var file in Missing(path, manifest))
        {
            throw new ModelFormatException($"The model folder {path} lacks {file}. Convert the checkpoint again.");
        }

        var config = ModelConfig.Read(path);
        return manifest is not null
            ? new ModelFolder(path, config, manifest.Name, manifest.PreciseRevision, manifest)
            : new ModelFolder(path, config, Path.GetFileName(path), HashGraph(path), null);
    }

    /// <summary>Loads the decoder. Takes seconds, and the memory of the weights and of the slots.</summary>
    /// <exception cref="ModelFormatException">A graph cannot be loaded.</exception>
    /// <exception cref="ExecutionProviderException">The execution provider is not in this build, or lacks the graph's
    /// operators.</exception>
    internal ISequenceModel CreateSequenceModel(SequenceModelOptions options)
    {
        CheckProvider(options.Execution);
        DeviceMemory.Check(FolderPath, Config, Precision, options);
        return Guard(options.Execution, Decoder, (model, probe) => new GuardedSequenceModel(model, probe));

        ISequenceModel Decoder() => Graph == GraphKind.Gpu
            ? new DeviceModel(FolderPath, Config, ExecutionProviders.MemoryOf(options.Execution.Provider), options)
            : new Qwen35Model(FolderPath, Config, Graph, options);
    }

    /// <summary>Loads the vision tower.</summary>
    /// <exception cref="ModelFormatException">The graph cannot be loaded.</exception>
    /// <exception cref="ExecutionProviderException">The execution provider is not in this build, or lacks the graph's
    /// operators.</exception>
    internal IVisionEncoder CreateVisionEncoder(ExecutionProviderOptions options)
    {
        CheckProvider(options);
        return Guard<IVisionEncoder>(
            options, () => new OnnxVisionEncoder(FolderPath, Config, options), (tower, probe) => new GuardedVisionEncoder(tower, probe));
    }

    /// <summary>Checks that this model can run on a provider, without loading it.</summary>
    /// <exception cref="ExecutionProviderException">It cannot; the message says what to do.</exception>
    internal void CheckProvider(ExecutionProviderOptions execution)
    {
        ExecutionProviders.Check(execution, FolderPath, Graph);
        var device = ExecutionProviders.DeviceOf(execution);
        if (Graph == GraphKind.Fused && device is { MostQueries: { } queries })
        {
            throw new ExecutionProviderException(
                $"{FolderPath} cannot run on {device.Name}: its subgroups have {device.SubgroupLanes} lanes, with which the attention of "
                    + $"fused graphs is wrong for more than {queries} tokens. Convert the checkpoint again with --graph gpu.");
        }

        if (execution.HalfPrecision == true && device is { HasHalf: false })
        {
            throw new ExecutionProviderException(
                $"Engine:HalfPrecision is true, but {device.Name} cannot compute in 16 bits (it lacks {GpuAdapter.HalfFeature}). Leave it "
                    + $"empty, which computes in them where the GPU can.");
        }

        if (Precision == ModelPrecision.Fp16 && Graph != GraphKind.Gpu && device is { HasHalf: false })
        {
            throw new ExecutionProviderException(
                $"{FolderPath} is in fp16, but {device.Name} cannot compute in 16 bits (it lacks {GpuAdapter.HalfFeature}). Convert the "
                    + $"checkpoint again with --graph gpu, or with --precision fp32.");
        }

        OperatorProbe.Check(FolderPath);
    }

    private static IEnumerable<string> Missing(string path, ModelManifest? manifest)
    {
        string[] required = manifest?.Graph == GraphKind.Gpu ? [.. Required, GraphNames.StatesFile, GraphNames.BestFile] : Required;
        if (manifest is { HasHalf: true })
            required = [.. required, GraphNames.HalfOf(GraphNames.TextFile), GraphNames.HalfOf(GraphNames.VisionFile)];
        return required.Where(file => !File.Exists(Path.Combine(path, file)));
    }

    /// <summary>The CPU cannot be lost.</summary>
    private static T Guard<T>(ExecutionProviderOptions execution, Func<T> load, Func<T, IDeviceProbe, T> guard)
    {
        if (!ExecutionProviders.IsDevice(execution.Provider)) return load();
        var probe = new DeviceProbe(execution);
        try
        {
            lock (probe.Turn)
            {
                return guard(load(), probe);
            }
        }
        catch
        {
            probe.Dispose();
            throw;
        }
    }

    /// <summary>The revision of a folder that another tool exported: its graph and the sizes of its weights.</summary>
    private static string HashGraph(string path)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(File.ReadAllBytes(Path.Combine(path, GraphNames.TextFile)));
        foreach (var file in new DirectoryInfo(path).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{file.Name} {file.Length}\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }
}
