using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Conversion;

/// <summary>
/// A graph with its weights. How a matrix and the experts are stored and multiplied, which is what a precision is, is decided here and
/// nowhere else.
/// </summary>
/// <param name="precision">How matrices are stored.</param>
/// <param name="note">Told what a user should know about this checkpoint.</param>
internal sealed class ModelGraph(string name, Checkpoint checkpoint, ExternalDataFile data, ModelPrecision precision, GraphKind kind, Action<string> note)
{
    /// <summary>Activations are rounded to 8 bits, too: several times faster than 32-bit arithmetic on the CPU.</summary>
    private const int Accuracy = 4;

    public OnnxGraph Onnx { get; } = new(name);

    public Checkpoint Checkpoint => checkpoint;

    /// <summary>How matrices are multiplied in a graph for the CPU; null in another.</summary>
    public PanelWeights? Panels => field ??= kind == GraphKind.Cpu ? new PanelWeights(this, data, precision) : null;

    /// <summary>Whether matrices are stored as rows of 32-bit floats.</summary>
    public bool HasFloatRows => precision == ModelPrecision.Fp32 && kind != GraphKind.Cpu;

    private bool IsQuantized => precision is ModelPrecision.Int8 or ModelPrecision.Int4;

    public string Add(string node, string operation, string[] inputs, params (string Name, object Value)[] attributes) =>
        Onnx.Add(node, operation, inputs, attributes);

    /// <summary>A reshape to constant dimensions, 0 for "as it is" and -1 for "the rest".</summary>
    public string Reshape(string node, string input, params long[] shape) => Onnx.Add(node, "Reshape", [input, Onnx.Constant(shape)]);

    /// <summary>A small tensor of the checkpoint.</summary>
    public float[] Values(string tensor, params long[] shape) => checkpoint.Tensor(tensor, shape).ReadFloats();

    /// <summary>A tensor of the checkpoint as it is.</summary>
    public string Weight(string tensor, params long[] shape) =>
        Onnx.External(tensor, OnnxType.Float, shape, data.Write(WeightRows.Of(checkpoint.Tensor(tensor, shape))));

    /// <summary>Values that are computed, row by row.</summary>
    public string Table(string weight, long[] shape, IEnumerable<float[]> rows) =>
        Onnx.External(weight, OnnxType.Float, shape, data.Write(rows));

    /// <summary><c>input [n, in] * weight^T + bias</c>.</summary>
    public string Linear(string node, string input, WeightRows weight, float[]? bias = null)
    {
        if (Panels is { } panels)
        {
            return panels.Linear(node, input, weight, bias);
        }

        var columns = checked((int)weight.Shape[1]);
        if (FormatOf(node, columns) is not { } format)
        {
            return ExactLinear(node, input, weight, bias);
        }

        var (rows, blocks) = (weight.Shape[0], columns / format.Length);
        var stored = data.Write(weight, format);
        return Onnx.Add(
            node,
            "MatMulNBits",
            [
                input,
                Onnx.External(node + ".weight", OnnxType.UInt8, [rows, blocks, format.BytesOf(format.Length)], stored.Values),
                Onnx.External(node + ".scales", OnnxType.Float, [rows * blocks], stored.Scales),
                .. bias is null ? Array.Empty<string>() : ["", "", Onnx.Constant(bias)],
            ],
            ("K", columns),
            ("N", checked((int)rows)),
            ("bits", format.Bits),
            ("block_size", format.Length),
            ("accuracy_level", Accuracy));
    }

    /// <summary>The same in 32-bit floats whatever the precision, for small matrices that decide much.</summary>
    public string ExactLinear(string node, string input, WeightRows weight, float[]? bias = null) => Panels is { } panels
        ? panels.ExactLinear(node, input, weight, bias)
        : Multiply(node, input, Onnx.External(node + ".weight", OnnxType.Float, weight.Shape, data.Write(weight)), bias);

    /// <summary>The same with a weight that is stored already.</summary>
    public string Multiply(string node, string input, string weight, float[]? bias = null) =>
        Onnx.Add(node, "Gemm", bias is null ? [input, weight] : [input, weight, Onnx.Constant(bias)], ("transB", 1));

    /// <summary>One tensor of the checkpoint, with its bias where it has one.</summary>
    public string Linear(string node, string input, string tensor, int rows, int columns, bool bias = false) =>
        Linear(node, input, WeightRows.Of(checkpoint.Tensor(tensor + ".weight", rows, columns)), bias ? Values(tensor + ".bias", rows) : null);

    /// <summary>The routed experts: <c>input [n, hidden]</c>, <c>router [n, experts]</c> logits.</summary>
    public string Experts(string node, string input, string router, string prefix)
    {
        var text = checkpoint.Config.Text;
        var experts = text.Experts!;
        var weights = new ExpertWeights(checkpoint, prefix);
        var all = Enumerable.Range(0, experts.Count).ToArray();
        long[] upShape = [experts.Count, 2 * experts.IntermediateSize, text.HiddenSize];
        long[] downShape = [experts.Count, text.HiddenSize, experts.IntermediateSize];
        var gateUp = new WeightRows(upShape, all.SelectMany(expert => WeightRows.Interleave(weights.Gate(expert), weights.Up(expert))));
        var down = new WeightRows(downShape, all.Select(weights.Down));
        (string Name, object Value)[] attributes =
        [
            ("k", experts.PerToken),
            ("activation_type", "swiglu"),
            ("swiglu_fusion", 1),
            ("activation_alpha", 1f),
            ("activation_beta", 0f),
            ("normalize_routing_weights", 1),
        ];
        if (FormatOf(node, text.HiddenSize, experts.IntermediateSize) is not { } format)
        {
            var first = Onnx.External(node + ".gate_up", OnnxType.Float, upShape, data.Write(gateUp));
            var second = Onnx.External(node + ".down", OnnxType.Float, downShape, data.Write(down));
            return Onnx.Add(node, "MoE", [input, router, first, "", second], attributes);
        }

        var (up, upScales) = Quantized(node + ".gate_up", gateUp, format);
        var (back, backScales) = Quantized(node + ".down", down, format);
        return Onnx.Add(
            node,
            "QMoE",
            [input, router, up, upScales, "", back, backScales],
            [.. attributes, ("expert_weight_bits", format.Bits), ("block_size", format.Length), ("accuracy_level", Accuracy)]);
    }

    private (string Values, string Scales) Quantized(string weight, WeightRows rows, BlockFormat format)
    {
        var stored = data.Write(rows, format);
        var (outer, columns) = (rows.Shape[..^1], rows.Shape[^1]);
        return (
            Onnx.External(weight, OnnxType.UInt8, [.. outer, format.BytesOf(columns)], stored.Values),
            Onnx.External(weight + "_scales", OnnxType.Float, [.. outer, columns / format.Length], stored.Scales));
    }

    private BlockFormat? FormatOf(string node, params int[] columns)
    {
        var format = BlockFormat.For(precision, columns);
        if (format is null && IsQuantized)
        {
            note($"{node} stays in 32-bit floats: its rows of {string.Join(" and ", columns)} values cannot be cut into blocks of 32.");
        }

        return format;
    }
}
