using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Tensors;
using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Kernels;

/// <summary>Brings a matrix's rows into the order of <see cref="Panels"/>.</summary>
/// <param name="type">BFloat16, or Float.</param>
internal sealed class PanelPacker(TensorElementType type)
{
    private float[] _rows = [];
    private byte[] _packed = [];

    public TensorElementType Type => type;

    /// <summary>Whether a weight had more digits than bfloat16 has, and was rounded.</summary>
    public bool HasRounded { get; private set; }

    /// <summary>Packs one panel.</summary>
    /// <param name="halves">Two halves of up to 16 rows; the second may be missing.</param>
    /// <returns>The panel's bytes, valid until the next call.</returns>
    public ReadOnlySpan<byte> Pack(IReadOnlyList<RowBlock[]> halves)
    {
        var depth = halves[0][0].Columns;
        var values = Panels.Width * depth;
        if (_rows.Length < values)
        {
            _rows = new float[values];
            _packed = new byte[values * sizeof(float)];
        }

        var rows = _rows.AsSpan(0, values);
        rows.Clear();
        for (var half = 0; half < halves.Count; half++)
        {
            for (var row = 0; row < halves[half].Length; row++)
            {
                halves[half][row].Read(0, rows.Slice(((half * Panels.Half) + row) * depth, depth));
            }
        }

        return type == TensorElementType.BFloat16 ? PackPairs(rows, depth) : PackFloats(rows, depth);
    }

    private ReadOnlySpan<byte> PackFloats(ReadOnlySpan<float> rows, int depth)
    {
        var packed = MemoryMarshal.Cast<byte, float>(_packed.AsSpan(0, rows.Length * sizeof(float)));
        for (var row = 0; row < Panels.Width; row++)
        {
            for (var step = 0; step < depth; step++)
            {
                packed[(step * Panels.Width) + row] = rows[(row * depth) + step];
            }
        }

        return MemoryMarshal.AsBytes(packed);
    }

    private ReadOnlySpan<byte> PackPairs(ReadOnlySpan<float> rows, int depth)
    {
        var packed = MemoryMarshal.Cast<byte, uint>(_packed.AsSpan(0, rows.Length * sizeof(ushort)));
        for (var row = 0; row < Panels.Half; row++)
        {
            var low = rows.Slice(row * depth, depth);
            var high = rows.Slice((row + Panels.Half) * depth, depth);
            for (var step = 0; step < depth; step++)
            {
                packed[(step * Panels.Half) + row] = Round(low[step]) | ((uint)Round(high[step]) << 16);
            }
        }

        return MemoryMarshal.AsBytes(packed);
    }

    private ushort Round(float value)
    {
        HasRounded |= (ushort)BitConverter.SingleToUInt32Bits(value) != 0;
        return FloatConversion.ToBFloat16(value);
    }
}
