using System.Globalization;
using System.Text.Json;

namespace Qwen35Batch.Inference.Checkpoints;

/// <summary>
/// Reads a safetensors header: 8 bytes of length, then JSON. Nothing in it is trusted: lengths, offsets and shapes are checked against
/// the file before anything is read through them.
/// </summary>
internal static class SafetensorsHeader
{
    /// <summary>The limit of the reference implementation.</summary>
    private const long MaxLength = 100_000_000;

    private const int PrefixLength = 8;

    /// <returns>The tensors' entries, and where their data starts.</returns>
    /// <exception cref="ModelFormatException">The header is damaged or contradicts the file.</exception>
    public static (IReadOnlyList<Entry> Entries, long DataStart) Read(string file)
    {
        using var stream = File.OpenRead(file);
        Span<byte> prefix = stackalloc byte[PrefixLength];
        if (stream.ReadAtLeast(prefix, PrefixLength, throwOnEndOfStream: false) < PrefixLength)
        {
            throw new ModelFormatException($"{file} is not a safetensors file: it has only {stream.Length} bytes.");
        }

        var length = BitConverter.ToUInt64(prefix);
        if (length < 2 || length > MaxLength || length > (ulong)(stream.Length - PrefixLength))
        {
            throw new ModelFormatException(
                $"{file} is truncated or not a safetensors file: its header should have {length} bytes, but the file has {stream.Length}.");
        }

        var json = new byte[length];
        stream.ReadExactly(json);
        var dataStart = PrefixLength + (long)length;
        return (Parse(file, json, stream.Length - dataStart), dataStart);
    }

    private static List<Entry> Parse(string file, byte[] json, long dataLength)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new ModelFormatException($"{file}: the safetensors header is not a JSON object.");
            }

            var entries = document.RootElement.EnumerateObject()
                .Where(property => property.Name != "__metadata__")
                .Select(property => ParseEntry(file, property, dataLength))
                .ToList();
            CheckNames(file, entries);
            CheckOverlaps(file, entries);
            return entries;
        }
        catch (JsonException error)
        {
            throw new ModelFormatException($"{file}: the safetensors header is not valid JSON: {error.Message}", error);
        }
    }

    private static Entry ParseEntry(string file, JsonProperty property, long dataLength)
    {
        var name = property.Name;
        if (property.Value.ValueKind != JsonValueKind.Object
            || !property.Value.TryGetProperty("dtype", out var type) || type.ValueKind != JsonValueKind.String
            || !property.Value.TryGetProperty("shape", out var shape) || !TryNumbers(shape, out var dims)
            || !property.Value.TryGetProperty("data_offsets", out var offsets) || !TryNumbers(offsets, out var range) || range.Length != 2)
        {
            throw new ModelFormatException($"{file}: tensor {name} has no valid dtype, shape and data_offsets.");
        }

        var (start, end) = (range[0], range[1]);
        if (start > end || end > dataLength)
        {
            throw new ModelFormatException(
                $"{file} is truncated or damaged: tensor {name} of shape {ShapeText(dims)} should lie at bytes {start} to {end} of the "
                    + $"data, which has {dataLength}.");
        }

        var typeName = type.GetString()!;
        var (element, size) = ElementType(typeName);
        if (size > 0 && ByteCount(dims, size) != end - start)
        {
            throw new ModelFormatException(
                $"{file}: tensor {name} of shape {ShapeText(dims)} ({typeName}) does not fit its {end - start} bytes.");
        }

        return new Entry(name, element, typeName, dims, start, end - start);
    }

    private static bool TryNumbers(JsonElement json, out long[] numbers)
    {
        numbers = [];
        if (json.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        var values = new List<long>();
        foreach (var element in json.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out var value) || value < 0)
            {
                return false;
            }

            values.Add(value);
        }

        numbers = [.. values];
        return true;
    }

    /// <summary>-1 where the product does not fit into 64 bits.</summary>
    private static long ByteCount(long[] dims, int elementSize)
    {
        var count = (UInt128)elementSize;
        foreach (var dim in dims)
        {
            count *= (ulong)dim;
            if (count > long.MaxValue)
            {
                return -1;
            }
        }

        return (long)count;
    }

    private static void CheckNames(string file, List<Entry> entries)
    {
        var twice = entries.GroupBy(entry => entry.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            throw new ModelFormatException($"{file}: the header names tensor {twice.Key} twice.");
        }
    }

    private static void CheckOverlaps(string file, List<Entry> entries)
    {
        Entry? before = null;
        foreach (var entry in entries.Where(entry => entry.ByteLength > 0).OrderBy(entry => entry.Start))
        {
            if (before is not null && entry.Start < before.Start + before.ByteLength)
            {
                throw new ModelFormatException($"{file}: tensors {before.Name} and {entry.Name} overlap.");
            }

            before = entry;
        }
    }

    private static (TensorType Type, int Size) ElementType(string name) => name switch
    {
        "BF16" => (TensorType.BF16, 2),
        "F16" => (TensorType.F16, 2),
        "F32" => (TensorType.F32, 4),
        "I32" => (TensorType.I32, 4),
        "I64" => (TensorType.I64, 8),
        "U8" => (TensorType.U8, 1),
        _ => (TensorType.Other, 0),
    };

    /// <summary>A shape as messages show it: [2048, 64].</summary>
    public static string ShapeText(IEnumerable<long> shape) =>
        $"[{string.Join(", ", shape.Select(dim => dim.ToString(CultureInfo.InvariantCulture)))}]";

    /// <summary>What the header says of one tensor; <paramref name="Start"/> counts from the start of the data.</summary>
    internal sealed record Entry(string Name, TensorType Type, string TypeName, long[] Shape, long Start, long ByteLength);
}
