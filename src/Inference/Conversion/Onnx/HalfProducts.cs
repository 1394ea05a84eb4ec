namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>
/// The same graph with its large products in 16-bit floats, for GPUs that compute in them: what is multiplied is rounded before, and the
/// product is a 32-bit float again. All else stays as it is: the residual stream, norms, states, router and logits. The weights are those
/// of the graph in 32 bits; their scales are rounded when it is loaded.
/// </summary>
internal sealed class HalfProducts(string name) : OnnxGraph(name)
{
    private readonly HashSet<string> _halves = new(StringComparer.Ordinal);

    /// <summary>Weights that are stored in 16 bits, by what they are called in 32.</summary>
    private readonly Dictionary<string, string> _widened = new(StringComparer.Ordinal);

    private readonly HashSet<string> _rounded = new(StringComparer.Ordinal);

    public override string External(string weight, OnnxType type, long[] shape, ExternalTensor data)
    {
        if (type == OnnxType.Float16) _halves.Add(weight);
        return base.External(weight, type, shape, data);
    }

    public override string[] Add(
        string node, string operation, string[] inputs, string[] outputs, params (string Name, object Value)[] attributes)
    {
        switch (operation)
        {
            case "Cast" when _halves.Contains(inputs[0]):
                _widened.Add(outputs[0], inputs[0]);
                return outputs;
            case "Gemm" when _widened.TryGetValue(inputs[1], out var weight):
                return Multiply(node, operation, [Half(inputs[0]), weight], inputs.ElementAtOrDefault(2), attributes);
            case "MatMulNBits":
                return Multiply(
                    node, operation, [Half(inputs[0]), inputs[1], Half(inputs[2])], inputs.ElementAtOrDefault(5), attributes);
            default:
                return base.Add(node, operation, inputs, outputs, attributes);
        }
    }

    private string[] Multiply(
        string node, string operation, string[] inputs, string? bias, (string Name, object Value)[] attributes)
    {
        var product = base.Add(node + ".half", operation, inputs, [node + ".half"], attributes)[0];
        var wide = bias is null ? node : node + ".plain";
        base.Add(wide, "Cast", [product], [wide], ("to", (int)OnnxType.Float));
        return bias is null ? [wide] : base.Add(node, "Add", [wide, bias], [node]);
    }

    /// <summary>A value in 16 bits, once for all that multiply it.</summary>
    private string Half(string value)
    {
        var half = value + ".rounded";
        if (_rounded.Add(value)) base.Add(half, "Cast", [value], [half], ("to", (int)OnnxType.Float16));
        return half;
    }
}
