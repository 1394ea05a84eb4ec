using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Conversion;

/// <summary>
/// A graph with its weights. How a matrix and the experts are stored and multiplied, which is what a precision is, is decided here and
/// nowhere else.
/// </summary>
internal sealed class ModelGraph(string name, Checkpoint checkpoint, ExternalDataFile data)
{
    public OnnxGraph Onnx { get; } = new(name);

    public Checkpoint Checkpoint => checkpoint;

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
    public string Linear(string node, string input, WeightRows weight, float[]? bias = null) =>
        Multiply(node, input, Onnx.External(node + ".weight", OnnxType.Float, weight.Shape, data.Write(weight)), bias);

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
        return Onnx.Add(
            node,
            "MoE",
            [
                input,
                router,
                Onnx.External(node + ".gate_up", OnnxType.Float, upShape, data.Write(gateUp)),
                "",
                Onnx.External(node + ".down", OnnxType.Float, downShape, data.Write(down)),
            ],
            ("k", experts.PerToken),
            ("activation_type", "swiglu"),
            ("swiglu_fusion", 1),
            ("activation_alpha", 1f),
            ("activation_beta", 0f),
            ("normalize_routing_weights", 1));
    }
}
