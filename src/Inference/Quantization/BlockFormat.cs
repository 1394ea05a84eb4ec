using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Quantization;

/// <summary>
/// How a quantised matrix is stored: consecutive values of a row share a scale, and a stored number n means <c>(n - 2^(bits - 1)) *
/// scale</c>. Two 4-bit numbers share a byte, the first in its low half.
/// </summary>
/// <param name="Bits">8 or 4.</param>
/// <param name="Length">Values of a block.</param>
internal sealed record BlockFormat(int Bits, int Length)
{
    /// <summary>Lengths that ONNX Runtime's kernels take. Long blocks are faster, short ones more exact.</summary>
    private static readonly int[] Lengths = [128, 64, 32];

    /// <summary>
    /// The format for rows of these lengths; null where they are stored as 32-bit floats. Blocks of 128 cost 8 bits next to no exactness;
    /// with 4 bits, 64 leave a tenth more error than 32 and decode clearly faster.
    /// </summary>
    public static BlockFormat? For(ModelPrecision precision, params int[] columns)
    {
        var (bits, longest) = precision switch
        {
            ModelPrecision.Int8 => (8, 128),
            ModelPrecision.Int4 => (4, 64),
            _ => (0, 0),
        };
        var length = Lengths.FirstOrDefault(length => length <= longest && columns.All(count => count % length == 0));
        return length == 0 ? null : new BlockFormat(bits, length);
    }

    /// <summary>Bytes that hold a number of values.</summary>
    public long BytesOf(long count) => count * Bits / 8;
}
