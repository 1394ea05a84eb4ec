using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Tensors;
using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Kernels;

/// <summary>Brings a matrix's rows into the order of <see cref="Panels"/>. Several threads may pack at the same time.</summary>
/// <param name="type">BFloat16 or Float, or what <see cref="Int8Format"/> and <see cref="Int4Format"/> are declared as.</param>
internal sealed class PanelPacker(TensorElementType type)
{
    private readonly PanelKernel _kernel = PanelKernel.Of(type);
    private volatile bool _hasRounded;

    public TensorElementType Type => type;

    /// <summary>Whether a weight had more digits than bfloat16 has, and was rounded.</summary>
    public bool HasRounded => _hasRounded;

    /// <summary>The dimensions of a panel in its tensor.</summary>
    public long[] Shape(int depth) => _kernel.PanelShape(depth);

    /// <summary>The length of a panel.</summary>
    public int Bytes(int depth) => checked((int)_kernel.PanelBytes(depth));

    /// <summary>Packs one panel.</summary>
    /// <param name="halves">Two halves of up to 16 rows; the second may be missing.</param>
    /// <param name="panel">Receives its bytes.</param>
    public void Pack(IReadOnlyList<RowBlock[]> halves, Span<byte> panel)
    {
        var depth = halves[0][0].Columns;
        var rented = ArrayPool<float>.Shared.Rent(Panels.Width * depth);
        var rows = rented.AsSpan(0, Panels.Width * depth);
        rows.Clear();
        for (var half = 0; half < halves.Count; half++)
        {
            for (var row = 0; row < halves[half].Length; row++)
            {
                halves[half][row].Read(0, rows.Slice(((half * Panels.Half) + row) * depth, depth));
            }
        }

        switch (type)
        {
            case TensorElementType.BFloat16:
                PackPairs(rows, depth, MemoryMarshal.Cast<byte, uint>(panel));
                break;
            case TensorElementType.Float:
                PackFloats(rows, depth, MemoryMarshal.Cast<byte, float>(panel));
                break;
            default:
                PackBlocks(rows, depth, panel);
                break;
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    private static void PackFloats(ReadOnlySpan<float> rows, int depth, Span<float> packed)
    {
        for (var row = 0; row < Panels.Width; row++)
        {
            for (var step = 0; step < depth; step++)
            {
                packed[(step * Panels.Width) + row] = rows[(row * depth) + step];
            }
        }
    }

    private void PackPairs(ReadOnlySpan<float> rows, int depth, Span<uint> packed)
    {
        for (var row = 0; row < Panels.Half; row++)
        {
            var low = rows.Slice(row * depth, depth);
            var high = rows.Slice((row + Panels.Half) * depth, depth);
            for (var step = 0; step < depth; step++)
            {
                packed[(step * Panels.Half) + row] = Round(low[step]) | ((uint)Round(high[step]) << 16);
            }
        }
    }

    private void PackBlocks(ReadOnlySpan<float> rows, int depth, Span<byte> packed)
    {
        packed.Clear();
        for (var output = 0; output < Panels.Width; output++)
        {
            IntegerPanels.Pack(rows.Slice(output * depth, depth), type == Int8Format.Type ? 8 : 4, output, packed);
        }
    }

    private ushort Round(float value)
    {
        if ((ushort)BitConverter.SingleToUInt32Bits(value) != 0)
        {
            _hasRounded = true;
        }

        return FloatConversion.ToBFloat16(value);
    }
}
