using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Quantization;

namespace Qwen35Batch.Inference.Kernels;

/// <summary>
/// The layout of weights as integers. A panel is cut into blocks of 64 inputs, the last filled up with zeros. A block holds, four inputs
/// after four, the numbers of its outputs; behind them stand the outputs' scales in bfloat16, output j in the low half of 32 bits and
/// output j + 16 in the high half.
/// </summary>
internal static class IntegerPanels
{
    /// <summary>Inputs that share a scale, in weights and in rows.</summary>
    public const int Block = 64;

    /// <summary>Inputs that are multiplied and added up at once.</summary>
    public const int StepInputs = 4;

    public const int ScaleBytes = Panels.Width * sizeof(ushort);

    public static int Blocks(int depth) => (depth + Block - 1) / Block;

    /// <summary>Rounds one output's weights, and puts them into a panel of zeros.</summary>
    /// <param name="weights">One an input.</param>
    /// <param name="bits">8 or 4.</param>
    /// <param name="output">Which of the panel's outputs.</param>
    /// <param name="panel">The panel. Outputs j and j + 16 share bytes, all others do not.</param>
    public static void Pack(ReadOnlySpan<float> weights, int bits, int output, Span<byte> panel)
    {
        var stepBytes = Panels.Width * StepInputs * bits / 8;
        var (place, shift) = bits == 8 ? (output, 0) : (output % Panels.Half, output / Panels.Half * bits);
        Span<float> values = stackalloc float[Block];
        Span<byte> numbers = stackalloc byte[Block];
        for (var from = 0; from < weights.Length; from += Block, panel = panel[((Block / StepInputs * stepBytes) + ScaleBytes)..])
        {
            values.Clear();
            weights[from..Math.Min(weights.Length, from + Block)].CopyTo(values);
            var scale = BlockQuantizer.Round(values, bits, numbers);
            var steps = MemoryMarshal.Cast<byte, uint>(numbers);
            var words = MemoryMarshal.Cast<byte, uint>(panel);
            for (var step = 0; step < steps.Length; step++)
            {
                words[(step * stepBytes / StepInputs) + place] |= steps[step] << shift;
            }

            var scales = panel.Slice(Block / StepInputs * stepBytes, ScaleBytes);
            var word = (output % Panels.Half * 2) + (output / Panels.Half);
            BinaryPrimitives.WriteUInt16LittleEndian(scales[(word * sizeof(ushort))..], FloatConversion.ToBFloat16(scale));
        }
    }
}
