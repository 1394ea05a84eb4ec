using System.Runtime.Intrinsics;

namespace Qwen35Batch.Inference.Kernels;

/// <summary>
/// One block of a row that was rounded to 8 bits. The row stands as all blocks' values, then their scales, then what their sums start with:
/// weights are numbers from zero on, and their zero times the values is taken off in advance.
/// </summary>
internal readonly unsafe struct RowBlocks(byte* row, int blocks, int block)
{
    private const int Most = 127;

    private const int Lanes = 8;

    /// <summary>Values that are all smaller are zeros: the inverse of their scale would not be finite.</summary>
    private const float Least = 1e-35f;

    public sbyte* Values => (sbyte*)row + (block * IntegerPanels.Block);

    public float* Scale => (float*)(row + (blocks * IntegerPanels.Block)) + block;

    public int* Start => (int*)(row + (blocks * (IntegerPanels.Block + sizeof(float)))) + block;

    /// <summary>Bytes of a row.</summary>
    public static int Bytes(int depth) => IntegerPanels.Blocks(depth) * (IntegerPanels.Block + sizeof(float) + sizeof(int));

    /// <summary>Rounds a row. What is not finite makes the scale so, and with it all that is computed from it.</summary>
    /// <param name="zero">The number that means zero in the weights.</param>
    public static void Round(float* row, int depth, int zero, byte* target)
    {
        var blocks = IntegerPanels.Blocks(depth);
        var last = stackalloc float[IntegerPanels.Block];
        for (var block = 0; block < blocks; block++)
        {
            var values = row + (block * IntegerPanels.Block);
            var left = depth - (block * IntegerPanels.Block);
            if (left < IntegerPanels.Block)
            {
                new Span<float>(last, IntegerPanels.Block).Clear();
                new Span<float>(values, left).CopyTo(new Span<float>(last, left));
                values = last;
            }

            var rounded = new RowBlocks(target, blocks, block);
            *rounded.Scale = RoundBlock(values, rounded.Values, out var sum);
            *rounded.Start = -zero * sum;
        }
    }

    private static float RoundBlock(float* values, sbyte* target, out int sum)
    {
        var largest = Vector256<float>.Zero;
        for (var i = 0; i < IntegerPanels.Block; i += Lanes)
        {
            largest = Vector256.Max(largest, Vector256.Abs(Vector256.Load(values + i)));
        }

        var most = 0f;
        for (var lane = 0; lane < Lanes; lane++)
        {
            most = Math.Max(most, largest[lane]);
        }

        var scale = most / Most;
        var inverse = Vector256.Create(most > Least ? 1 / scale : 0);
        var sums = Vector256<int>.Zero;
        for (var i = 0; i < IntegerPanels.Block; i += 4 * Lanes)
        {
            var (a, b, c, d) = (At(i), At(i + Lanes), At(i + (2 * Lanes)), At(i + (3 * Lanes)));
            sums += a + b + c + d;
            Vector256.Narrow(Vector256.Narrow(a, b), Vector256.Narrow(c, d)).Store(target + i);
        }

        sum = Vector256.Sum(sums);
        return scale;

        Vector256<int> At(int i) => Vector256.ConvertToInt32(Vector256.Round(Vector256.Load(values + i) * inverse));
    }
}
