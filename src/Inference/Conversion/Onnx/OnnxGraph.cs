using System.Runtime.InteropServices;
using Qwen35Batch.Inference.Kernels.Operators;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>
/// An ONNX graph under construction. Values are their names. Nodes must be added in the order in which they can be computed.
/// Field numbers are those of onnx.proto. The body of a Loop or Scan is a graph, too: it sees the values of the graph around it, so its
/// own must have other names.
/// </summary>
/// <param name="name">The graph's name; for a body, what its constants' names start with.</param>
/// <param name="isBody">Whether it is the body of a node.</param>
/// <param name="twin">A graph that is given all that this one is given, and makes of it what it will.</param>
internal class OnnxGraph(string name, bool isBody = false, OnnxGraph? twin = null)
{
    private const int IrVersion = 10;
    private const int Opset = 21;
    private const string ContribDomain = "com.microsoft";

    private static readonly HashSet<string> ContribOperators = new(StringComparer.Ordinal)
    {
        "CausalConvWithState",
        "GatedAdd",
        "GroupQueryAttention",
        "LinearAttention",
        "LinearAttentionGate",
        "MatMulNBits",
        "MoE",
        "MRotaryEmbedding",
        "MultiHeadAttention", "QMoE", "QuickGelu", "RotaryEmbedding", "SkipSimplifiedLayerNormalization",
    };

    private readonly ProtoMessage _graph = new();
    private readonly Dictionary<string, string> _constants = new(StringComparer.Ordinal);
    private bool _isContrib;
    private bool _hasCpuOperators;

    private string Name => name;

    /// <param name="shape">Numbers, and names of dimensions that vary.</param>
    public string Input(string input, OnnxType type, params object[] shape)
    {
        _graph.Message(11, ValueInfo(input, type, shape));
        twin?.Input(input, type, shape);
        return input;
    }

    public void Output(string output, OnnxType type, params object[] shape)
    {
        _graph.Message(12, ValueInfo(output, type, shape));
        twin?.Output(output, type, shape);
    }

    /// <summary>An input of a body, whose type and shape follow from what the node is given.</summary>
    public string Input(string input)
    {
        _graph.Message(11, new ProtoMessage().Text(1, input));
        return input;
    }

    /// <summary>An output of a body.</summary>
    public void Output(string output) => _graph.Message(12, new ProtoMessage().Text(1, output));

    /// <summary>Adds a node with one output, which gets the node's name.</summary>
    public string Add(string node, string operation, string[] inputs, params (string Name, object Value)[] attributes) =>
        Add(node, operation, inputs, [node], attributes)[0];

    /// <summary>Adds a node with several outputs; an empty name is an output that is not wanted.</summary>
    public virtual string[] Add(
        string node, string operation, string[] inputs, string[] outputs, params (string Name, object Value)[] attributes)
    {
        twin?.Add(node, operation, inputs, outputs, attributes);
        var message = new ProtoMessage();
        foreach (var input in inputs)
        {
            message.Text(1, input);
        }

        foreach (var output in outputs)
        {
            message.Text(2, output);
        }

        message.Text(3, node).Text(4, operation);
        foreach (var (attribute, value) in attributes)
        {
            message.Message(5, Attribute(attribute, value));
        }

        if (ContribOperators.Contains(operation))
        {
            message.Text(7, ContribDomain);
            _isContrib = true;
        }
        else if (CpuOperators.Has(operation))
        {
            message.Text(7, CpuOperators.Domain);
            _hasCpuOperators = true;
        }

        _graph.Message(1, message);
        return outputs;
    }

    public string Transpose(string node, string input, params int[] axes) => Add(node, "Transpose", [input], ("perm", axes));

    /// <summary>A constant in the graph file itself, for shapes and small vectors. Equal constants are stored once.</summary>
    public string Constant(params long[] values) =>
        Constant("int64", OnnxType.Int64, [values.Length], MemoryMarshal.AsBytes(values.AsSpan()));

    public string Constant(uint[] values) =>
        Constant("uint32", OnnxType.UInt32, [values.Length], MemoryMarshal.AsBytes(values.AsSpan()));

    public string Scalar(long value) => Constant("int64", OnnxType.Int64, [], MemoryMarshal.AsBytes(new Span<long>(ref value)));

    public string Scalar(float value) => Constant("float", OnnxType.Float, [], MemoryMarshal.AsBytes(new Span<float>(ref value)));

    public string Constant(float[] values, params long[] shape) =>
        Constant("float", OnnxType.Float, shape.Length == 0 ? [values.Length] : shape, MemoryMarshal.AsBytes(values.AsSpan()));

    /// <summary>Bytes of the weights by their names; of one that several graphs use, in each.</summary>
    public Dictionary<string, long> WeightBytes { get; } = new(StringComparer.Ordinal);

    /// <summary>A weight whose values are in another file of the folder.</summary>
    public virtual string External(string weight, OnnxType type, long[] shape, ExternalTensor data)
    {
        twin?.External(weight, type, shape, data);
        WeightBytes.Add(weight, data.Length);
        var tensor = Tensor(weight, type, shape)
            .Message(13, new ProtoMessage().Text(1, "location").Text(2, data.FileName))
            .Message(
                13, new ProtoMessage().Text(1, "offset").Text(2, data.Offset.ToString(System.Globalization.CultureInfo.InvariantCulture)))
            .Message(
                13, new ProtoMessage().Text(1, "length").Text(2, data.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)))
            .Integer(14, 1);
        _graph.Message(5, tensor);
        return weight;
    }

    public void Save(string file)
    {
        _graph.Text(2, name);
        var model = new ProtoMessage()
            .Integer(1, IrVersion)
            .Text(2, "qwen35batch")
            .Message(8, new ProtoMessage().Text(1, "").Integer(2, Opset));
        if (_isContrib)
        {
            model.Message(8, new ProtoMessage().Text(1, ContribDomain).Integer(2, 1));
        }

        if (_hasCpuOperators)
        {
            model.Message(8, new ProtoMessage().Text(1, CpuOperators.Domain).Integer(2, 1));
        }

        using var stream = File.Create(file);
        model.Message(7, _graph).WriteTo(stream);
    }

    private string Constant(string kind, OnnxType type, long[] shape, ReadOnlySpan<byte> bytes)
    {
        twin?.Constant(kind, type, shape, bytes);
        var key = $"{kind}[{string.Join(',', shape)}]{Convert.ToHexString(bytes)}";
        if (!_constants.TryGetValue(key, out var constant))
        {
            constant = $"{(isBody ? name + ".constant" : "constant")}.{_constants.Count}";
            _constants.Add(key, constant);
            _graph.Message(5, Tensor(constant, type, shape).Bytes(9, bytes));
        }

        return constant;
    }

    private static ProtoMessage Tensor(string name, OnnxType type, long[] shape)
    {
        var tensor = new ProtoMessage();
        foreach (var dim in shape)
        {
            tensor.Integer(1, dim);
        }

        return tensor.Integer(2, (int)type).Text(8, name);
    }

    private static ProtoMessage ValueInfo(string name, OnnxType type, object[] shape)
    {
        var dims = new ProtoMessage();
        foreach (var dim in shape)
        {
            dims.Message(
                1,
                dim is string variable ? new ProtoMessage().Text(2, variable) : new ProtoMessage().Integer(1, Convert.ToInt64(dim, null)));
        }

        var tensorType = new ProtoMessage().Integer(1, (int)type).Message(2, dims);
        return new ProtoMessage().Text(1, name).Message(2, new ProtoMessage().Message(1, tensorType));
    }

    private static ProtoMessage Attribute(string name, object value)
    {
        var attribute = new ProtoMessage().Text(1, name);
        switch (value)
        {
            case int number:
                return attribute.Integer(3, number).Integer(20, 2);
            case float number:
                return attribute.Float(2, number).Integer(20, 1);
            case string text:
                return attribute.Text(4, text).Integer(20, 3);
            case int[] numbers:
                Array.ForEach(numbers, number => attribute.Integer(8, number));
                return attribute.Integer(20, 7);
            case OnnxGraph body:
                return attribute.Message(6, body._graph.Text(2, body.Name)).Integer(20, 5);
            default:
                throw new ArgumentException($"No attribute can hold a {value.GetType().Name}.", nameof(value));
        }
    }
}
