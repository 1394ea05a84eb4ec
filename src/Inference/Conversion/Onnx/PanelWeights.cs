using Microsoft.ML.OnnxRuntime.Tensors;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Kernels;
using Qwen35Batch.Inference.Kernels.Operators;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>The matrices and experts of a graph for the CPU: weights as panels, and the operators that read them.</summary>
internal sealed class PanelWeights(ModelGraph graph, ExternalDataFile data, ModelPrecision precision)
{
    private readonly PanelPacker _packer = new(TypeOf(precision));
    private readonly PanelPacker _exactPacker = new(TensorElementType.Float);

    /// <summary>What a user should know of a checkpoint that has more digits than the precision; null for others.</summary>
    public string? RoundingNote => _packer.HasRounded
        ? "The checkpoint's matrices have more digits than bf16: they were rounded to 8 significant bits, a relative error of up to 0.4%. "
            + "--precision fp32 keeps them."
        : null;

    /// <summary>What the panels of a precision are declared as.</summary>
    public static TensorElementType TypeOf(ModelPrecision precision) => precision switch
    {
        ModelPrecision.Bf16 => TensorElementType.BFloat16,
        ModelPrecision.Int8 => Int8Format.Type,
        ModelPrecision.Int4 => Int4Format.Type,
        _ => TensorElementType.Float,
    };

    /// <summary><c>input [n, in] * weight^T + bias</c>.</summary>
    public string Linear(string node, string input, WeightRows weight, float[]? bias) => Multiply(node, input, weight, bias, _packer);

    /// <summary>The same in 32-bit floats whatever the precision.</summary>
    public string ExactLinear(string node, string input, WeightRows weight) => Multiply(node, input, weight, null, _exactPacker);

    /// <summary>Routed experts and the shared one, added up.</summary>
    /// <param name="scores"><c>[n, experts + 1]</c>, the shared expert's last.</param>
    /// <param name="prefix">The name of the layer's feed-forward part, with the dot.</param>
    public string Experts(string node, string input, string scores, string prefix)
    {
        var text = graph.Checkpoint.Config.Text;
        var (experts, hidden) = (text.Experts!, text.HiddenSize);
        var weights = new ExpertWeights(graph.Checkpoint, prefix);
        var all = Enumerable.Range(0, experts.Count).ToArray();
        var outputPanels = Enumerable.Range(0, Panels.Count(hidden));
        var shared = experts.SharedIntermediateSize;
        string[] panels =
        [
            Store(node + ".gate_up", new PanelRows(
                [experts.Count, Panels.GatedCount(experts.IntermediateSize)], hidden,
                all.SelectMany(expert => PanelRows.Gated(weights.Gate(expert), weights.Up(expert)))), _packer),

            // By panels first, since a thread computes one panel of the output from all experts.
            Store(node + ".down", new PanelRows(
                [Panels.Count(hidden), experts.Count], experts.IntermediateSize,
                outputPanels.SelectMany(panel => all.Select(expert => PanelRows.Panel(weights.Down(expert), panel)))), _packer),
            Store(node + "_shared.gate_up", new PanelRows(
                [Panels.GatedCount(shared)], hidden,
                PanelRows.Gated(Shared("gate_proj", shared, hidden), Shared("up_proj", shared, hidden))), _packer),
            Store(node + "_shared.down", PanelRows.Of(WeightRows.Stack(Shared("down_proj", hidden, shared))), _packer),
        ];
        return graph.Onnx.Add(node, CpuOperators.Experts, [input, scores, .. panels], ("k", experts.PerToken));

        RowBlock Shared(string projection, int rows, int columns) =>
            RowBlock.Of(graph.Checkpoint.Tensor($"{prefix}shared_expert.{projection}.weight", rows, columns));
    }

    private string Multiply(string node, string input, WeightRows weight, float[]? bias, PanelPacker packer)
    {
        var panels = Store(node + ".weight", PanelRows.Of(weight), packer);
        return graph.Onnx.Add(
            node,
            CpuOperators.MatMul,
            bias is null ? [input, panels] : [input, panels, graph.Onnx.Constant(bias)],
            ("columns", checked((int)weight.Shape[0])));
    }

    private string Store(string weight, PanelRows rows, PanelPacker packer) =>
        graph.Onnx.External(weight, (OnnxType)packer.Type, [.. rows.Counts, .. packer.Shape(rows.Depth)], data.Write(rows, packer));
}
