using System.Text;

namespace Qwen35Batch.Inference.Providers;

/// <summary>The smallest graph that a device can compute: one number added to itself. Written as onnx.proto3 has it.</summary>
internal static class ProbeModel
{
    public const string Input = "x";
    public const string Output = "y";

    private const int FloatType = 1;

    public static byte[] Create() =>
    [
        .. Number(1, 8), // ModelProto.ir_version
        .. Message(8, Number(2, 13)), // ModelProto.opset_import: OperatorSetIdProto.version
        .. Message(
            7, // ModelProto.graph
            [
                // node: inputs, output, op_type
                .. Message(1, [.. Text(1, Input), .. Text(1, Input), .. Text(2, Output), .. Text(4, "Add")]),
                .. Text(2, "probe"), // name
                .. Message(11, Value(Input)), // input
                .. Message(12, Value(Output)), // output
            ]),
    ];

    /// <summary>ValueInfoProto: a name, and the type of a tensor of one float.</summary>
    private static byte[] Value(string name)
    {
        var shape = Message(1, Number(1, 1));
        return [.. Text(1, name), .. Message(2, Message(1, [.. Number(1, FloatType), .. Message(2, shape)]))];
    }

    private static byte[] Number(int field, byte value) => [(byte)(field << 3), value];

    private static byte[] Text(int field, string text) => Message(field, Encoding.ASCII.GetBytes(text));

    /// <summary>Lengths under 128 are one byte.</summary>
    private static byte[] Message(int field, byte[] content) => [(byte)((field << 3) | 2), checked((byte)content.Length), .. content];
}
