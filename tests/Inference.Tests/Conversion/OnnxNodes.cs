using System.Text;

namespace Qwen35Batch.Inference.Tests.Conversion;

/// <summary>Reads from an ONNX file what it needs: the operator sets, and the operators of the graph and its bodies.</summary>
internal sealed class OnnxNodes
{
    private OnnxNodes()
    {
    }

    /// <summary>Domain and version.</summary>
    public List<(string Domain, long Version)> OperatorSets { get; } = [];

    /// <summary>Domain and name.</summary>
    public HashSet<(string Domain, string Name)> Operators { get; } = [];

    /// <summary>The inputs of each node of an operator, in the order of the graph.</summary>
    public List<(string Name, List<string> Inputs)> Nodes { get; } = [];

    public static OnnxNodes Read(string file)
    {
        var nodes = new OnnxNodes();
        foreach (var (field, _, bytes) in Fields(File.ReadAllBytes(file)))
        {
            if (field == 7)
            {
                nodes.ReadGraph(bytes);
            }
            else if (field == 8)
            {
                var parts = Fields(bytes);
                nodes.OperatorSets.Add((Text(parts, 1), parts.Single(part => part.Field == 2).Number));
            }
        }

        return nodes;
    }

    private void ReadGraph(byte[] graph)
    {
        foreach (var (_, _, node) in Fields(graph).Where(field => field.Field == 1))
        {
            var parts = Fields(node);
            Operators.Add((Text(parts, 7), Text(parts, 4)));
            Nodes.Add((Text(parts, 4), [.. parts.Where(part => part.Field == 1).Select(part => Encoding.UTF8.GetString(part.Bytes))]));
            foreach (var (_, _, body) in parts.Where(part => part.Field == 5)
                .SelectMany(attribute => Fields(attribute.Bytes))
                .Where(part => part.Field == 6))
            {
                ReadGraph(body);
            }
        }
    }

    private static string Text(List<(int Field, long Number, byte[] Bytes)> fields, int field) =>
        Encoding.UTF8.GetString([.. fields.Where(part => part.Field == field).SelectMany(part => part.Bytes)]);

    private static List<(int Field, long Number, byte[] Bytes)> Fields(byte[] message)
    {
        var fields = new List<(int Field, long Number, byte[] Bytes)>();
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint();
            var number = (tag & 7) switch
            {
                0 => Varint(),
                2 => Varint(),
                5 => 4,
                _ => throw new InvalidDataException($"Wire type {tag & 7}.")
            };
            var length = (tag & 7) == 0 ? 0 : (int)number;
            fields.Add(((int)(tag >> 3), number, message[at..(at + length)]));
            at += length;

            long Varint()
            {
                var (value, shift) = (0L, 0);
                do
                {
                    value |= (message[at] & 127L) << shift;
                    shift += 7;
                }
                while (message[at++] > 127);
                return value;
            }
        }

        return fields;
    }
}
