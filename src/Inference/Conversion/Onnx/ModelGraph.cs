using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Quantization;

namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>
/// A graph with its weights. How a matrix and the experts are stored and multiplied, which is what a precision is, is decided here and
/// nowhere else.
/// </summary>
internal sealed class ModelGraph
{
    /// <summary>Activations are rounded to 8 bits, too: several times faster than 32-bit arithmetic on the CPU.</summary>
    private const int Accuracy = 4;

    private readonly ExternalDataFile _data;
    private readonly ModelPrecision _precision;
    private readonly GraphKind _kind;
    private readonly Action<string> _note;

    /// <param name="target">How matrices are stored, and of which operators the graph is made.</param>
    /// <param name="note">Told what a user should know about this checkpoint.</param>
    public ModelGraph(string name, Checkpoint checkpoint, ExternalDataFile data, ConversionTarget target, Action<string> note)
    {
        (_data, _precision, _kind, _note) = (data, target.Precision, target.Graph, note);
        Half = target.HasHalf ? new HalfProducts(name) : null;
        Onnx = new OnnxGraph(name, twin: Half);
        Checkpoint = checkpoint;
        Operators = target.Graph switch
        {
            GraphKind.Portable => new PortableOperators(this),
            GraphKind.Gpu => new GpuOperators(this),
            _ => new FusedOperators(this),
        };
        Panels = target.Graph == GraphKind.Cpu ? new PanelWeights(this, data, target.Precision) : null;
    }

    public OnnxGraph Onnx { get; }

    /// <summary>The same with products in 16 bits; null where there is none.</summary>
    public OnnxGraph? Half { get; }

    public Checkpoint Checkpoint { get; }

    public IOperatorSet Operators { get; }

    /// <summary>How matrices are stored and multiplied in a graph for the CPU; null in others.</summary>
    public PanelWeights? Panels { get; }

    /// <summary>Whether the graph runs on a GPU, which holds the embeddings and the states, too.</summary>
    public bool IsForGpu => _kind == GraphKind.Gpu;

    /// <summary>Whether matrices are stored as rows of 32-bit floats.</summary>
    public bool IsExact => _precision == ModelPrecision.Fp32 && Panels is null;

    public string Add(string node, string operation, string[] inputs, params (string Name, object Value)[] attributes) =>
        Onnx.Add(node, operation, inputs, attributes);

    /// <summary>A reshape to constant dimensions, 0 for "as it is" and -1 for "the rest".</summary>
    public string Reshape(string node, string input, params long[] shape) => Onnx.Add(node, "Reshape", [input, Onnx.Constant(shape)]);

    /// <summary>A small tensor of the checkpoint.</summary>
    public float[] Values(string tensor, params long[] shape) => Checkpoint.Tensor(tensor, shape).ReadFloats();

    /// <summary>A tensor of the checkpoint as it is.</summary>
    public string Weight(string tensor, params long[] shape) =>
        Onnx.External(tensor, OnnxType.Float, shape, _data.Write(WeightRows.Of(Checkpoint.Tensor(tensor, shape))));

    /// <summary>Values that are computed, row by row.</summary>
    public string Table(string weight, long[] shape, IEnumerable<float[]> rows) =>
        Onnx.External(weight, OnnxType.Float, shape, _data.Write(rows));

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
            return Multiply(node, input, Stored(node + ".weight", weight), bias);
        }

        var (rows, blocks) = (weight.Shape[0], columns / format.Length);
        var stored = _data.Write(weight, format);
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
    public string ExactLinear(string node, string input, WeightRows weight) => Panels is { } panels
        ? panels.ExactLinear(node, input, weight)
        : ExactProduct(Onnx, node, input, Onnx.External(node + ".weight", OnnxType.Float, weight.Shape, _data.Write(weight)));

    /// <summary>A weight in the floats of the precision.</summary>
    public string Stored(string weight, WeightRows rows) => _precision == ModelPrecision.Fp16
        ? Onnx.External(weight, OnnxType.Float16, rows.Shape, _data.WriteHalf(rows))
        : Onnx.External(weight, OnnxType.Float, rows.Shape, _data.Write(rows));

    /// <summary>A weight that was <see cref="Stored"/>, or a part of it, as 32-bit floats.</summary>
    public string AsFloats(OnnxGraph onnx, string node, string weight) =>
        _precision == ModelPrecision.Fp16 ? onnx.Add(node, "Cast", [weight], ("to", (int)OnnxType.Float)) : weight;

    /// <summary>Multiplies by a weight of 32-bit floats.</summary>
    public static string ExactProduct(OnnxGraph onnx, string node, string input, string weight, float[]? bias = null) =>
        onnx.Add(node, "Gemm", bias is null ? [input, weight] : [input, weight, onnx.Constant(bias)], ("transB", 1));

    /// <summary>One tensor of the checkpoint, with its bias where it has one.</summary>
    public string Linear(string node, string input, string tensor, int rows, int columns, bool bias = false) =>
        Linear(
            node, input, WeightRows.Of(Checkpoint.Tensor(tensor + ".weight", rows, columns)), bias ? Values(tensor + ".bias", rows) : null);

    /// <summary>The routed experts: <c>input [n, hidden]</c>, <c>router [n, experts]</c> logits.</summary>
    public string Experts(string node, string input, string router, string prefix)
    {
        var text = Checkpoint.Config.Text;
        var experts = text.Experts!;
        var weights = new ExpertWeights(Checkpoint, prefix);
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
            return FloatExperts(node, input, router, Stored(node + ".gate_up", gateUp), Stored(node + ".down", down), attributes);
        }

        var (up, upScales) = Quantized(node + ".gate_up", gateUp, format);
        var (back, backScales) = Quantized(node + ".down", down, format);
        return Onnx.Add(
            node,
            "QMoE",
            [input, router, up, upScales, "", back, backScales],
            [.. attributes, ("expert_weight_bits", format.Bits), ("block_size", format.Length), ("accuracy_level", Accuracy)]);
    }

    private string Multiply(string node, string input, string weight, float[]? bias)
    {
        if (_precision != ModelPrecision.Fp16 || IsForGpu)
        {
            return ExactProduct(Onnx, node, input, IsForGpu ? AsFloats(Onnx, node + ".wide", weight) : weight, bias);
        }

        var product = Onnx.Add(
            node + ".half",
            "Gemm",
            [Onnx.Add(node + ".input_half", "Cast", [input], ("to", (int)OnnxType.Float16)), weight],
            ("transB", 1));
        var result = Onnx.Add(bias is null ? node : node + ".plain", "Cast", [product], ("to", (int)OnnxType.Float));
        return bias is null ? result : Onnx.Add(node, "Add", [result, Onnx.Constant(bias)]);
    }

    private string FloatExperts(
        string node, string input, string router, string gateUp, string down, (string Name, object Value)[] attributes)
    {
        if (_precision != ModelPrecision.Fp16)
        {
            return Onnx.Add(node, "MoE", [input, router, gateUp, "", down], attributes);
        }

        var halves = new[] { input, router }
            .Select((value, i) => Onnx.Add($"{node}.half_{i}", "Cast", [value], ("to", (int)OnnxType.Float16)))
            .ToArray();
        return Onnx.Add(
            node, "Cast", [Onnx.Add(node + ".half", "MoE", [.. halves, gateUp, "", down], attributes)], ("to", (int)OnnxType.Float));
    }

    private (string Values, string Scales) Quantized(string weight, WeightRows rows, BlockFormat format)
    {
        var stored = _data.Write(rows, format);
        var (outer, columns) = (rows.Shape[..^1], rows.Shape[^1]);
        return (
            Onnx.External(weight, OnnxType.UInt8, [.. outer, format.BytesOf(columns)], stored.Values),
            Onnx.External(weight + "_scales", OnnxType.Float, [.. outer, columns / format.Length], stored.Scales));
    }

    private BlockFormat? FormatOf(string node, params int[] columns)
    {
        var format = BlockFormat.For(_precision, columns);
        if (format is null && _precision is ModelPrecision.Int8 or ModelPrecision.Int4)
        {
            _note($"{node} stays in 32-bit floats: its rows of {string.Join(" and ", columns)} values cannot be cut into blocks of 32.");
        }

        return format;
    }
}
