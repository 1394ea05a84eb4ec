using Microsoft.ML.OnnxRuntime.Tensors;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Kernels;
using Qwen35Batch.Inference.Quantization;

namespace Qwen35Batch.Inference.Tests.Kernels;

/// <summary>A random matrix, and its panels, packed with the plainest loops.</summary>
internal sealed class PackedPanels
{
    private readonly float[] _values;

    /// <summary>A matrix <c>[outputs, inputs]</c>.</summary>
    public PackedPanels(Random random, TensorElementType type, int outputs, int inputs)
    {
        (Type, Outputs, Inputs) = (type, outputs, inputs);
        _values = [.. Enumerable.Range(0, outputs * inputs).Select(_ => Exact((random.NextSingle() * 2) - 1))];
    }

    public TensorElementType Type { get; }

    public int Outputs { get; }

    public int Inputs { get; }

    /// <summary>What a weight means as it is stored.</summary>
    public float this[int output, int input] =>
        output >= Outputs ? 0 : Bits == 0 ? _values[(output * Inputs) + input] : Rounded(output, input);

    /// <summary>Of an integer; 0 for floats.</summary>
    private int Bits => Type == Int8Format.Type ? 8 : Type == Int4Format.Type ? 4 : 0;

    /// <summary>The dimensions of the tensor.</summary>
    public long[] Shape(params long[] counts) => [.. counts, .. PanelKernel.Of(Type).PanelShape(Inputs)];

    /// <summary>Panels of 32 outputs.</summary>
    public byte[] Panels() => Enumerable.Range(0, (Outputs + 31) / 32).SelectMany(Panel).ToArray();

    /// <summary>One panel of 32 outputs.</summary>
    public byte[] Panel(int panel) => Pack((column, input) => Stored((panel * 32) + column, input));

    /// <summary>Panels of 16 outputs of this matrix and 16 of another.</summary>
    public byte[] GatedPanels(PackedPanels factor) => Enumerable.Range(0, (Outputs + 15) / 16)
        .SelectMany(
            panel =>
                Pack(
                    (column, input) =>
                        column < 16 ? Stored((panel * 16) + column, input) : factor.Stored((panel * 16) + column - 16, input)))
        .ToArray();

    private byte[] Pack(Func<int, int, float> value)
    {
        if (Bits > 0)
        {
            return PackIntegers(value);
        }

        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        for (var input = 0; input < Inputs; input++)
        {
            for (var column = 0; column < (Type == TensorElementType.Float ? 32 : 16); column++)
            {
                if (Type == TensorElementType.Float)
                {
                    writer.Write(value(column, input));
                }
                else
                {
                    writer.Write(FloatConversion.ToBFloat16(value(column, input)));
                    writer.Write(FloatConversion.ToBFloat16(value(column + 16, input)));
                }
            }
        }

        return bytes.ToArray();
    }

    /// <summary>
    /// A step has four inputs, and for each of them a byte an output, or a byte two outputs; behind 64 inputs there are the scales.
    /// </summary>
    private byte[] PackIntegers(Func<int, int, float> value)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        for (var from = 0; from < Inputs; from += 64)
        {
            var columns = Enumerable.Range(0, 32).Select(column => Block(from, input => value(column, input))).ToArray();
            for (var step = 0; step < 64; step += 4)
            {
                for (var place = 0; place < 128 * Bits / 8; place++)
                {
                    var (column, input) = (place / 4, step + (place % 4));
                    writer.Write((byte)(columns[column].Numbers[input] | (Bits == 4 ? columns[column + 16].Numbers[input] << 4 : 0)));
                }
            }

            for (var column = 0; column < 16; column++)
            {
                writer.Write(FloatConversion.ToBFloat16(columns[column].Scale));
                writer.Write(FloatConversion.ToBFloat16(columns[column + 16].Scale));
            }
        }

        return bytes.ToArray();
    }

    private float Stored(int output, int input) => output < Outputs ? _values[(output * Inputs) + input] : 0;

    private float Rounded(int output, int input)
    {
        var (numbers, scale) = Block(input / 64 * 64, other => Stored(output, other));
        return (numbers[input % 64] - (1 << (Bits - 1))) * BitConverter.UInt32BitsToSingle((uint)FloatConversion.ToBFloat16(scale) << 16);
    }

    private (byte[] Numbers, float Scale) Block(int from, Func<int, float> value)
    {
        var numbers = new byte[64];
        var scale = BlockQuantizer.Round([.. Enumerable.Range(from, 64).Select(input => input < Inputs ? value(input) : 0)], Bits, numbers);
        return (numbers, scale);
    }

    private float Exact(float value) => Type != TensorElementType.BFloat16
        ? value
        : BitConverter.UInt32BitsToSingle((uint)FloatConversion.ToBFloat16(value) << 16);
}
