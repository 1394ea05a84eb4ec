using System.Reflection;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion.Layers;
using Qwen35Batch.Inference.Conversion.Onnx;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion;

/// <summary>Converts a Hugging Face checkpoint of Qwen3.5 to a model folder.</summary>
public static class ModelConverter
{
    /// <summary>Measured with <c>model verify</c> over the golden cases.</summary>
    private const string LossOfEightBits =
        "The decoder is stored in 8 bits, since WebGPU has no operator for experts in 16. That has a loss: of the bundled model 99.4% of "
            + "the greedy tokens stay what they were, of a small one with random weights 88%, and its distribution of the next token moves "
            + "by 0.02 nats. --precision fp32 loses nothing, and takes four times the memory.";

    /// <summary>
    /// Writes the model folder. It appears only when it is complete, in place of an older one; interrupting a conversion leaves
    /// nothing behind that looks like a model.
    /// </summary>
    /// <param name="checkpointFolder">config.json, tokenizer.json and safetensors files.</param>
    /// <param name="modelFolder">New, empty, or a model folder to be replaced.</param>
    /// <param name="options">Precision and operators.</param>
    /// <param name="progress">Told about every thousandth of the work.</param>
    /// <param name="cancellationToken">Stops the conversion and removes what it wrote.</param>
    /// <exception cref="ModelFormatException">The checkpoint cannot be used, or the target holds something else.</exception>
    public static Task ConvertAsync(
        string checkpointFolder,
        string modelFolder,
        ConversionOptions options,
        IProgress<ConversionProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Task.Run(
            () =>
            {
                CheckTarget(modelFolder);
                options.Check();
                using var checkpoint = Checkpoint.Open(checkpointFolder);
                Convert(checkpoint, modelFolder, options, progress, cancellationToken);
            },
            cancellationToken);

    /// <inheritdoc cref="ConvertAsync"/>
    internal static void Convert(
        Checkpoint checkpoint, string modelFolder, ConversionOptions options, IProgress<ConversionProgress>? progress,
        CancellationToken cancellationToken)
    {
        ProcessorFiles.Check(checkpoint.Folder);
        checkpoint.CheckComplete();

        using var partial = PartialFolder.Create(modelFolder);
        var meter = new Meter(checkpoint, progress);
        var sizes = Enum.GetValues<ModelPart>().ToDictionary(part => part, _ => 0L);
        var target = options.For(checkpoint);
        if (target.Graph == GraphKind.Gpu && checkpoint.Config.Text.Experts is not null)
        {
            meter.Note(
                "Every expert is computed for every token: the operator that would compute the chosen ones is not reliable in ONNX Runtime "
                    + "1.30's WebGPU.",
                GraphNames.TextFile);
        }

        var table = WriteGraph(GraphNames.EmbeddingFile, target.Exact, (graph, data) => EmbeddingGraph.Build(graph, data));
        WriteGraph(GraphNames.TextFile, target, (graph, _) =>
        {
            TextGraph.Build(graph, table);
            return table;
        });
        WriteGraph(GraphNames.VisionFile, target.Vision, (graph, _) =>
        {
            VisionGraph.Build(graph);
            return table;
        });
        if (target.Graph == GraphKind.Gpu)
        {
            WriteGraph(GraphNames.StatesFile, target.Exact, (graph, _) =>
            {
                StatesGraph.Build(graph);
                return table;
            });
            WriteGraph(GraphNames.BestFile, target.Exact, (graph, _) =>
            {
                BestLogitsGraph.Build(graph);
                return table;
            });
        }

        ProcessorFiles.Write(checkpoint, partial.FolderPath);
        (ManifestOf(checkpoint, target) with { WeightBytes = sizes }).Write(partial.FolderPath);
        cancellationToken.ThrowIfCancellationRequested();
        partial.Rename();
        if (options.QuantizesExperts(checkpoint)) meter.Note(LossOfEightBits, ModelManifest.FileName);
        meter.Finish();

        ExternalTensor WriteGraph(string file, ConversionTarget how, Func<ModelGraph, ExternalDataFile, ExternalTensor> build)
        {
            var path = Path.Combine(partial.FolderPath, file);
            using var data = new ExternalDataFile(path + ".data", count => meter.Add(count, file), cancellationToken);
            var graph = new ModelGraph(Path.GetFileNameWithoutExtension(file), checkpoint, data, how, note => meter.Note(note, file));
            var result = build(graph, data);
            if (graph.Panels?.RoundingNote is { } rounding)
            {
                meter.Note(rounding, file);
            }

            graph.Onnx.Save(path);
            graph.Half?.Save(GraphNames.HalfOf(path));
            foreach (var (weight, bytes) in graph.Onnx.WeightBytes.Where(
                weight => file == GraphNames.EmbeddingFile || weight.Key != CheckpointLayout.EmbeddingName))
            {
                sizes[ModelParts.Of(file, weight)] += bytes;
            }

            return result;
        }
    }

    private static void CheckTarget(string folder)
    {
        if (File.Exists(folder))
        {
            throw new ModelFormatException($"{folder} is a file. Give the folder that the model shall be written to.");
        }

        if (Directory.Exists(folder)
            && Directory.EnumerateFileSystemEntries(folder).Any()
            && !File.Exists(Path.Combine(folder, ModelManifest.FileName))
            && !File.Exists(Path.Combine(folder, GraphNames.TextFile)))
        {
            throw new ModelFormatException($"{folder} is not empty and not a model folder. Give a new folder, or empty this one first.");
        }
    }

    /// <summary>What the converted folder will say of itself, but for its sizes.</summary>
    internal static ModelManifest ManifestOf(Checkpoint checkpoint, ConversionTarget target) =>
        new(NameOf(checkpoint.Folder), CheckpointRevision.Compute(checkpoint), target.Precision, target.Graph, Version());

    private static string NameOf(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    private static string Version() =>
        typeof(ModelConverter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    /// <summary>Counts weights, and reports every thousandth.</summary>
    private sealed class Meter(Checkpoint checkpoint, IProgress<ConversionProgress>? progress)
    {
        private readonly long _total = CheckpointLayout.Tensors(checkpoint.Config).Sum(tensor => tensor.Count);
        private long _done;
        private long _reported;

        public void Add(long count, string stage)
        {
            _done += count;
            if (_done - _reported >= _total / 1000)
            {
                _reported = _done;
                progress?.Report(new ConversionProgress(_done, _total, stage));
            }
        }

        public void Note(string note, string stage) => progress?.Report(new ConversionProgress(_done, _total, stage) { Note = note });

        public void Finish() => progress?.Report(new ConversionProgress(_total, _total, ModelManifest.FileName));
    }
}
