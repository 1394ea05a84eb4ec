using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Tensors;
using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Kernels;

/// <summary>Brings a matrix's rows into the order of <see cref="Panels"/>.</summary>
/// <param name="type">BFloat16 or Float, or what <see cref="Int8Format"/> and <see cref="Int4Format"/> are declared as.</param>
internal sealed class PanelPacker(TensorElementType type)
{
    private readonly PanelKernel _kernel = PanelKernel.Of(type);
    private float[] _rows = [];
    private byte[] _packed = [];

    public TensorElementType Type => type;

    /// <summary>The dimensions of a panel in its tensor.</summary>
    public long[] Shape(int depth) => _kernel.PanelShape(depth);

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
            _packed = new byte[Math.Max(values * sizeof(float), _kernel.PanelBytes(depth))];
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

        return type switch
        {
            TensorElementType.BFloat16 => PackPairs(rows, depth),
            TensorElementType.Float => PackFloats(rows, depth),
            _ => PackBlocks(depth),
        };
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

    /// <summary>Rounds to integers, which takes the time of a conversion: outputs are shared among the cores.</summary>
    private ReadOnlySpan<byte> PackBlocks(int depth)
    {
        var (bits, bytes) = (type == Int8Format.Type ? 8 : 4, (int)_kernel.PanelBytes(depth));
        Array.Clear(_packed, 0, bytes);
        Parallel.For(0, Panels.Half, output =>
        {
            IntegerPanels.Pack(_rows.AsSpan(output * depth, depth), bits, output, _packed);
            IntegerPanels.Pack(_rows.AsSpan((output + Panels.Half) * depth, depth), bits, output + Panels.Half, _packed);
        });
        return _packed.AsSpan(0, bytes);
    }

    private ushort Round(float value)
    {
        HasRounded |= (ushort)BitConverter.SingleToUInt32Bits(value) != 0;
        return FloatConversion.ToBFloat16(value);
    }
}
