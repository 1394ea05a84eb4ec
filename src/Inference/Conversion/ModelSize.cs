using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion.Onnx;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Kernels;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Quantization;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Conversion;

/// <summary>How much memory a model takes: its weights by part, and the state of a sequence.</summary>
/// <param name="Precision">How its matrices are stored; null in a folder that another tool exported.</param>
/// <param name="Parts">All parts.</param>
/// <param name="IsMeasured">Whether the bytes were counted when the folder was written, or follow from the configuration.</param>
/// <param name="StateBytes">Of a sequence, whatever its length.</param>
/// <param name="StateBytesPerToken">Of a sequence, for each token of a slot's length.</param>
public sealed record ModelSize(
    ModelPrecision? Precision, IReadOnlyList<PartSize> Parts, bool IsMeasured, long StateBytes, long StateBytesPerToken)
{
    private static readonly string[] ExactPanels = ["mlp.gate.weight", "shared_expert_gate.weight", "in_proj_a.weight", "in_proj_b.weight"];

    private static readonly string[] ExactMatrices = [.. ExactPanels, "conv1d.weight"];

    /// <summary>Of a converted folder.</summary>
    /// <exception cref="ModelFormatException">The folder cannot be used.</exception>
    public static ModelSize OfFolder(string folder)
    {
        var model = ModelFolder.Open(folder);
        var manifest = ModelManifest.Read(model.FolderPath);
        return manifest?.WeightBytes is { } bytes
            ? Create(model.Config, manifest.Precision, (part, _) => bytes.GetValueOrDefault(part), isMeasured: true)
            : throw new ModelFormatException(
                $"{model.FolderPath} does not say what its parts take. Convert the checkpoint again, or give its {ModelConfig.FileName}.");
    }

    /// <summary>Of the model that a checkpoint of this shape would be converted to.</summary>
    /// <param name="configJsonPath">A config.json of Qwen3.5.</param>
    /// <param name="precision">How the matrices would be stored.</param>
    /// <param name="graph">Of which operators the graphs would be made; null for what this machine would choose.</param>
    /// <exception cref="ModelFormatException">The configuration is not usable.</exception>
    public static ModelSize OfConfig(string configJsonPath, ModelPrecision precision, GraphKind? graph = null)
    {
        var config = ModelConfigReader.Read(configJsonPath);
        var target = new ConversionTarget(precision, graph ?? new ConversionOptions { Precision = precision }.GraphKind);
        var copiesHead = config.TiedHead && (precision != ModelPrecision.Fp32 || target.Graph == GraphKind.Cpu);
        return Create(
            config,
            precision,
            (part, tensors) => tensors.Sum(tensor => BytesOf(tensor, part, target, config.Text)) + (part == ModelPart.Dense ? Extra() : 0),
            isMeasured: false);

        // The tables of rotary positions, and a tied head that is stored in another form than the embeddings.
        long Extra() => ((long)config.Text.MaxPositions * config.Text.RotaryDim * sizeof(float))
            + (copiesHead
                ? BytesOf(
                    new TensorShape(CheckpointLayout.HeadName, config.Text.VocabularySize, config.Text.HiddenSize),
                    ModelPart.Dense,
                    target,
                    config.Text)
                : 0);
    }

    /// <summary>
    /// Bytes of what a step computes on a GPU, besides weights and states; an estimate.
    /// </summary>
    /// <param name="configJsonPath">A config.json of Qwen3.5; beside it may be what limits pictures.</param>
    /// <param name="slots">Sequences that are decoded together.</param>
    /// <param name="prompt">Tokens of a prompt that are fed at a time.</param>
    /// <returns>Of the vision tower with its largest picture, and of the decoder.</returns>
    /// <exception cref="ModelFormatException">The configuration is not usable.</exception>
    public static (long Tower, long Decoder) StepBytes(string configJsonPath, int slots, int prompt)
    {
        var config = ModelConfigReader.Read(configJsonPath);
        var settings = VisionSettings.Load(Path.GetDirectoryName(Path.GetFullPath(configJsonPath))!);
        return (
            Activations.OfTower(config.Vision, OnnxVisionEncoder.PatchesOfRun(settings)),
            Activations.OfDecoder(config.Text, Math.Max(slots, prompt)) + Activations.OfLogits(config.Text, slots));
    }

    private static ModelSize Create(
        ModelConfig config, ModelPrecision precision, Func<ModelPart, IReadOnlyList<TensorShape>, long> bytes, bool isMeasured)
    {
        var text = config.Text;
        var byPart = CheckpointLayout.Tensors(config).ToLookup(ModelParts.Of);
        return new ModelSize(
            precision,
            [
                .. Enum.GetValues<ModelPart>()
                    .Select(part => new PartSize(part, byPart[part].Sum(tensor => tensor.Count), bytes(part, [.. byPart[part]])))
            ],
            isMeasured,
            text.StateBytes,
            text.StateBytesPerToken);
    }

    private static long BytesOf(TensorShape tensor, ModelPart part, ConversionTarget target, TextConfig text)
    {
        var precision = target.Precision;
        var isMatrix = part is ModelPart.Experts or ModelPart.Dense
            && tensor.Shape.Length >= 2
            && !ExactMatrices.Any(name => tensor.Name.EndsWith(name, StringComparison.Ordinal));
        if (part == ModelPart.Vision && target.Vision.Precision == ModelPrecision.Fp16 && tensor.Shape.Length >= 2
            && tensor.Name != CheckpointLayout.VisionPositions)
        {
            return tensor.Count * 2;
        }

        if (!isMatrix)
        {
            // The small exact matrices go in pairs, each pair filled up to whole panels.
            return target.Graph == GraphKind.Cpu && ExactPanels.Any(name => tensor.Name.EndsWith(name, StringComparison.Ordinal))
                ? Panels.GatedCount(checked((int)tensor.Shape[0])) * Panels.Half * tensor.Shape[^1] * sizeof(float)
                : tensor.Count * sizeof(float);
        }

        if (target.Graph == GraphKind.Cpu && PanelWeights.TypeOf(precision) is Int8Format.Type or Int4Format.Type)
        {
            // Rows of weights are filled up to whole blocks.
            var depth = checked((int)tensor.Shape[^1]);
            return tensor.Count / depth * PanelKernel.Of(PanelWeights.TypeOf(precision)).PanelBytes(depth) / Panels.Width;
        }

        var format = part == ModelPart.Experts
            ? BlockFormat.For(precision, text.HiddenSize, text.Experts!.IntermediateSize)
            : BlockFormat.For(precision, checked((int)tensor.Shape[^1]));
        return format is null
            ? tensor.Count * (precision is ModelPrecision.Fp16 or ModelPrecision.Bf16 ? 2 : sizeof(float))
            : format.BytesOf(tensor.Count) + (tensor.Count / format.Length * sizeof(float));
    }
}
