using System.Runtime.InteropServices;
using System.Text.Json;
using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Tests.Checkpoints;

/// <summary>Writes a safetensors file. The header comes first, so all shapes must be known; the values stream.</summary>
internal sealed class SafetensorsWriter : IDisposable
{
    private const int Alignment = 8;

    private readonly FileStream _stream;

    public SafetensorsWriter(string file, IReadOnlyList<(TensorShape Tensor, TensorType Type)> tensors)
    {
        var end = 0L;
        var header = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (tensor, type) in tensors)
        {
            var start = end;
            end += tensor.Count * Size(type);
            header.Add(tensor.Name, new { dtype = type.ToString(), shape = tensor.Shape, data_offsets = new[] { start, end } });
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        var padded = (json.Length + Alignment - 1) / Alignment * Alignment;
        _stream = File.Create(file);
        _stream.Write(BitConverter.GetBytes((ulong)padded));
        _stream.Write(json);
        _stream.Write([.. Enumerable.Repeat((byte)' ', padded - json.Length)]);
    }

    /// <summary>Writes the next values, in the order of the tensors.</summary>
    public void Write(ReadOnlySpan<float> values, TensorType type)
    {
        switch (type)
        {
            case TensorType.F32:
                _stream.Write(MemoryMarshal.AsBytes(values));
                break;
            case TensorType.BF16:
                var brain = new ushort[values.Length];
                FloatConversion.ToBFloat16(values, brain);
                _stream.Write(MemoryMarshal.AsBytes(brain.AsSpan()));
                break;
            case TensorType.F16:
                var half = new Half[values.Length];
                for (var i = 0; i < half.Length; i++)
                {
                    half[i] = (Half)values[i];
                }

                _stream.Write(MemoryMarshal.AsBytes(half.AsSpan()));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "Only BF16, F16 and F32 are written.");
        }
    }

    public void Dispose() => _stream.Dispose();

    public static int Size(TensorType type) => type switch
    {
        TensorType.BF16 or TensorType.F16 => 2,
        TensorType.F32 => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Only BF16, F16 and F32 are written."),
    };
}
