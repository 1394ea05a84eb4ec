using System.Text;

namespace Qwen35Batch.Inference.Decoding.Operators;

/// <summary>
/// Reads from an ONNX file which operators its nodes use, those in the bodies of nodes included. Weights are passed over, wherever they
/// lie. Field numbers are those of onnx.proto.
/// </summary>
internal static class GraphFile
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    /// <summary>A node with more bytes than this holds weights.</summary>
    private const int LargestNode = 1 << 24;

    /// <returns>Each use once, with the attributes as they are stored; none for a file that is no ONNX graph, which its session will
    /// say.</returns>
    public static IReadOnlyDictionary<GraphOperator, byte[]> Read(string file)
    {
        var found = new Dictionary<GraphOperator, byte[]>();
        try
        {
            var (versions, nodes) = ReadModel(file);
            nodes.ForEach(node => Add(node, versions, found));
            return found;
        }
        catch (Exception error) when (error is EndOfStreamException or InvalidDataException or OverflowException)
        {
            return new Dictionary<GraphOperator, byte[]>();
        }
    }

    /// <summary>Nodes of a graph that was loaded, without those in bodies.</summary>
    public static int CountNodes(string file) => ReadModel(file).Nodes.Count;

    private static (Dictionary<string, long> Versions, List<byte[]> Nodes) ReadModel(string file)
    {
        using var model = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        var (versions, nodes) = (new Dictionary<string, long>(StringComparer.Ordinal), new List<byte[]>());

        // ModelProto: 7 is the graph, 8 a set of operators. GraphProto: 1 is a node.
        while (Tag(model) is var (field, length, end) && field >= 0)
        {
            if (field == 7)
            {
                while (model.Position < end && Tag(model) is var (part, size, next) && part >= 0)
                {
                    if (part == 1 && size <= LargestNode)
                        nodes.Add(Bytes(model, size));
                    else
                        model.Position = next;
                }
            }
            else if (field == 8)
            {
                var set = Fields(Bytes(model, length)).ToList();
                versions[Text(set, 1)] = (long)set.FirstOrDefault(entry => entry.Number == 2).Value;
            }
            else
            {
                model.Position = end;
            }
        }

        return (versions, nodes);
    }

    /// <summary>NodeProto: 1 is an input, 2 an output, 4 the type, 5 an attribute, 7 the domain.</summary>
    private static void Add(byte[] node, Dictionary<string, long> versions, Dictionary<GraphOperator, byte[]> found)
    {
        var fields = Fields(node).ToList();
        var domain = Text(fields, 7);
        var names = new List<string>();
        using var attributes = new MemoryStream();
        foreach (var (_, _, bytes) in fields.Where(field => field.Number == 5))
        {
            // AttributeProto: 1 is its name, 6 and 11 are graphs, whose nodes are looked at one by one.
            var attribute = Fields(bytes).ToList();
            var bodies = attribute.Where(field => field.Number is 6 or 11).ToList();
            foreach (var body in bodies.SelectMany(graph => Fields(graph.Bytes)).Where(field => field.Number == 1))
                Add(body.Bytes, versions, found);
            if (bodies.Count > 0) continue;
            names.Add(Text(attribute, 1));
            attributes.Write(new Models.ProtoMessage().Bytes(5, bytes).ToArray());
        }

        var inputs = fields.Where(field => field.Number == 1)
            .Select(field => field.Bytes.Length > 0 ? GraphOperator.Given : GraphOperator.Left);
        var use = new GraphOperator(
            domain,
            Text(fields, 4),
            versions.GetValueOrDefault(domain),
            string.Concat(inputs),
            fields.Count(field => field.Number == 2),
            string.Join(' ', names.Order(StringComparer.Ordinal)));
        found.TryAdd(use, attributes.ToArray());
    }

    private static string Text(List<(int Number, ulong Value, byte[] Bytes)> fields, int number) =>
        Encoding.UTF8.GetString(fields.FirstOrDefault(field => field.Number == number).Bytes ?? []);

    private static IEnumerable<(int Number, ulong Value, byte[] Bytes)> Fields(byte[] message)
    {
        using var stream = new MemoryStream(message);
        while (stream.Position < stream.Length)
        {
            var tag = Number(stream);
            var (number, kind) = ((int)(tag >> 3), (int)(tag & 7));
            yield return kind switch
            {
                Varint => (number, Number(stream), []),
                LengthDelimited => (number, 0, Bytes(stream, checked((long)Number(stream)))),
                Fixed32 => (number, 0, Bytes(stream, 4)),
                Fixed64 => (number, 0, Bytes(stream, 8)),
                _ => throw new InvalidDataException(),
            };
        }
    }

    /// <summary>The next field, how many bytes it has, and where it ends; a number below zero at the end of the stream.</summary>
    private static (int Field, long Length, long End) Tag(Stream stream)
    {
        if (stream.Position >= stream.Length) return (-1, 0, 0);
        var tag = Number(stream);
        var start = stream.Position;
        if ((tag & 7) == Varint) Number(stream);
        var length = (tag & 7) switch
        {
            Varint => stream.Position - start,
            LengthDelimited => checked((long)Number(stream)),
            Fixed32 => 4,
            Fixed64 => 8,
            _ => throw new InvalidDataException(),
        };
        if ((tag & 7) == Varint) stream.Position = start;
        var end = checked(stream.Position + length);
        return end <= stream.Length ? ((int)(tag >> 3), length, end) : throw new EndOfStreamException();
    }

    private static byte[] Bytes(Stream stream, long length)
    {
        if (length > stream.Length - stream.Position) throw new EndOfStreamException();
        var bytes = new byte[checked((int)length)];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static ulong Number(Stream stream)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = stream.ReadByte();
            if (part < 0) throw new EndOfStreamException();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }

        throw new InvalidDataException();
    }
}
