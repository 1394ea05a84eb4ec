using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Qwen35Batch.Inference.Kernels;

/// <summary>
/// Weights as integers, and rows rounded to 8 bits: each block's products are summed exactly, and the sums of blocks as floats in their
/// order. Two rows and all outputs of a panel take 8 accumulators; more of either would not fit into 16 registers beside weights and
/// values.
/// </summary>
internal sealed unsafe class IntegerPanelKernel<TFormat, TDot> : PanelKernel
    where TFormat : struct, IIntegerFormat
    where TDot : struct, IDotProduct
{
    private const int CacheLine = 64;

    private const int Lanes = 8;

    private const int Steps = IntegerPanels.Block / IntegerPanels.StepInputs;

    /// <summary>How far ahead weights are fetched.</summary>
    private const int PrefetchBlocks = 2;

    private static int BlockBytes => (Steps * TFormat.StepBytes) + IntegerPanels.ScaleBytes;

    public override long[] PanelShape(int depth) => [IntegerPanels.Blocks(depth) * BlockBytes];

    public override long PanelBytes(int depth) => (long)IntegerPanels.Blocks(depth) * BlockBytes;

    public override int Depth(long[] shape, int most) => most;

    public override int PreparedBytes(int depth) => RowBlocks.Bytes(depth);

    public override void Prepare(float* row, int depth, byte* prepared) => RowBlocks.Round(row, depth, TFormat.Zero, prepared);

    public override void Multiply(byte** rows, int count, byte* panel, int depth, byte* next, float* tile)
    {
        var blocks = IntegerPanels.Blocks(depth);
        var pairs = (count + 1) / 2;
        new Span<float>(tile, 2 * pairs * Panels.Width).Clear();
        rows[(2 * pairs) - 1] = rows[count - 1];
        for (var block = 0; block < blocks; block++)
        {
            var weights = panel + (block * BlockBytes);
            var ahead = block + PrefetchBlocks;
            var fetched = ahead < blocks ? panel + (ahead * BlockBytes) : next + ((ahead - blocks) * BlockBytes);
            for (var row = 0; row < 2 * pairs; row += 2)
            {
                var target = tile + (row * Panels.Width);
                Two(new RowBlocks(rows[row], blocks, block), new RowBlocks(rows[row + 1], blocks, block), weights, fetched, target);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Two(RowBlocks first, RowBlocks second, byte* weights, byte* fetched, float* tile0)
    {
        var tile1 = tile0 + Panels.Width;
        var sum00 = Vector256.Create(*first.Start);
        var sum10 = Vector256.Create(*second.Start);
        var (sum01, sum02, sum03) = (sum00, sum00, sum00);
        var (sum11, sum12, sum13) = (sum10, sum10, sum10);
        var values0 = (int*)first.Values;
        var values1 = (int*)second.Values;
        var step = weights;
        for (nint i = 0; i < Steps; i++)
        {
            Prefetch(fetched);
            fetched += TFormat.StepBytes;
            var value0 = Vector256.Create(values0[i]).AsSByte();
            var value1 = Vector256.Create(values1[i]).AsSByte();
            Vector256<byte> weight;
            weight = TFormat.Load(step, 0);
            sum00 = TDot.Add(sum00, weight, value0);
            sum10 = TDot.Add(sum10, weight, value1);
            weight = TFormat.Load(step, 1);
            sum01 = TDot.Add(sum01, weight, value0);
            sum11 = TDot.Add(sum11, weight, value1);
            weight = TFormat.Load(step, 2);
            sum02 = TDot.Add(sum02, weight, value0);
            sum12 = TDot.Add(sum12, weight, value1);
            weight = TFormat.Load(step, 3);
            sum03 = TDot.Add(sum03, weight, value0);
            sum13 = TDot.Add(sum13, weight, value1);
            step += TFormat.StepBytes;
        }

        Prefetch(fetched);
        var pairs = Vector256.Load((uint*)step);
        AddScaled(sum00, (pairs << 16).AsSingle(), *first.Scale, tile0);
        AddScaled(sum02, (pairs & Vector256.Create(0xFFFF0000u)).AsSingle(), *first.Scale, tile0 + (2 * Lanes));
        AddScaled(sum10, (pairs << 16).AsSingle(), *second.Scale, tile1);
        AddScaled(sum12, (pairs & Vector256.Create(0xFFFF0000u)).AsSingle(), *second.Scale, tile1 + (2 * Lanes));
        pairs = Vector256.Load((uint*)step + Lanes);
        AddScaled(sum01, (pairs << 16).AsSingle(), *first.Scale, tile0 + Lanes);
        AddScaled(sum03, (pairs & Vector256.Create(0xFFFF0000u)).AsSingle(), *first.Scale, tile0 + (3 * Lanes));
        AddScaled(sum11, (pairs << 16).AsSingle(), *second.Scale, tile1 + Lanes);
        AddScaled(sum13, (pairs & Vector256.Create(0xFFFF0000u)).AsSingle(), *second.Scale, tile1 + (3 * Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddScaled(Vector256<int> sum, Vector256<float> scales, float scale, float* target) => Vector256.FusedMultiplyAdd(
        Vector256.ConvertToSingle(sum), scales * Vector256.Create(scale), Vector256.Load(target)).Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* step)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(step);
            if (TFormat.StepBytes > CacheLine)
            {
                Sse.Prefetch0(step + CacheLine);
            }
        }
    }
}
