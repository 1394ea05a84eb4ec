using Microsoft.ML.OnnxRuntime.Tensors;
using Qwen35Batch.Inference.Checkpoints;

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

    public float this[int output, int input] => output < Outputs ? _values[(output * Inputs) + input] : 0;

    /// <summary>Panels of 32 outputs.</summary>
    public byte[] Panels() => Enumerable.Range(0, (Outputs + 31) / 32).SelectMany(Panel).ToArray();

    /// <summary>One panel of 32 outputs.</summary>
    public byte[] Panel(int panel) => Pack((column, input) => this[(panel * 32) + column, input]);

    /// <summary>Panels of 16 outputs of this matrix and 16 of another.</summary>
    public byte[] GatedPanels(PackedPanels factor) => Enumerable.Range(0, (Outputs + 15) / 16)
        .SelectMany(panel => Pack((column, input) => column < 16 ? this[(panel * 16) + column, input] : factor[(panel * 16) + column - 16, input]))
        .ToArray();

    private byte[] Pack(Func<int, int, float> value)
    {
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

    private float Exact(float value) => Type == TensorElementType.Float
        ? value
        : BitConverter.UInt32BitsToSingle((uint)FloatConversion.ToBFloat16(value) << 16);
}
