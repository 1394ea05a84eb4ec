using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Qwen35Batch.Inference.Kernels;

/// <summary>
/// The accumulators of all rows stay in registers while the panel streams by: 16 of them for eight rows, which leaves room among 32
/// registers (512 bits) and not among 16. Products that wait for the sum before take as long for four rows as for one, so there is no
/// kernel for fewer.
/// </summary>
internal sealed unsafe class LanesPanelKernel<TFormat, TLanes, TVector> : PanelKernel
    where TFormat : struct, IPanelFormat
    where TLanes : struct, ILanes<TVector>
    where TVector : unmanaged
{
    /// <summary>
    /// How far ahead weights are fetched. A constant: the read of a static field in a kernel's loop makes it twice as slow.
    /// </summary>
    private const int PrefetchBytes = 48 * CacheLine;

    private const int CacheLine = 64;

    public override long[] PanelShape(int depth) => [depth, Panels.Width];

    public override long PanelBytes(int depth) => (long)depth * TFormat.StepBytes;

    public override int Depth(long[] shape, int most) => checked((int)shape[^2]);

    public override void Multiply(byte** rows, int count, byte* panel, int depth, byte* next, float* tile)
    {
        for (var row = count; row < MaxRows; row++)
        {
            rows[row] = rows[count - 1];
        }

        var floats = (float**)rows;
        if (count <= 4)
        {
            Four(floats, panel, depth, next, tile);
        }
        else if (TLanes.Count == Panels.Half)
        {
            Eight(floats, panel, depth, next, tile);
        }
        else
        {
            Four(floats, panel, depth, panel, tile);
            Four(floats + 4, panel, depth, next, tile + (4 * Panels.Width));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(float** rows, byte* panel, int depth, byte* next, float* tile)
    {
        var row0 = rows[0];
        var row1 = rows[1];
        var row2 = rows[2];
        var row3 = rows[3];
        for (var column = 0; column < Panels.Half; column += TLanes.Count)
        {
            TVector low0 = default, high0 = default;
            TVector low1 = default, high1 = default;
            TVector low2 = default, high2 = default;
            TVector low3 = default, high3 = default;
            var step = panel + (column * sizeof(float));
            var ahead = panel + PrefetchBytes;
            nint k = 0;
            nint end = Math.Max(0, depth - (PrefetchBytes / TFormat.StepBytes));
            while (true)
            {
                for (; k < end; k++)
                {
                    Prefetch(ahead);
                    ahead += TFormat.StepBytes;
                    var low = TLanes.Low(step);
                    var high = TLanes.High(step);
                    step += TFormat.StepBytes;
                    TVector value;
                    value = TLanes.Broadcast(row0 + k);
                    low0 = TLanes.MultiplyAdd(value, low, low0);
                    high0 = TLanes.MultiplyAdd(value, high, high0);
                    value = TLanes.Broadcast(row1 + k);
                    low1 = TLanes.MultiplyAdd(value, low, low1);
                    high1 = TLanes.MultiplyAdd(value, high, high1);
                    value = TLanes.Broadcast(row2 + k);
                    low2 = TLanes.MultiplyAdd(value, low, low2);
                    high2 = TLanes.MultiplyAdd(value, high, high2);
                    value = TLanes.Broadcast(row3 + k);
                    low3 = TLanes.MultiplyAdd(value, low, low3);
                    high3 = TLanes.MultiplyAdd(value, high, high3);
                }

                if (end == depth)
                {
                    break;
                }

                end = depth;
                ahead = next;
            }

            var target = tile + column;
            Store(low0, high0, target + (0 * Panels.Width));
            Store(low1, high1, target + (1 * Panels.Width));
            Store(low2, high2, target + (2 * Panels.Width));
            Store(low3, high3, target + (3 * Panels.Width));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight(float** rows, byte* panel, int depth, byte* next, float* tile)
    {
        var row0 = rows[0];
        var row1 = rows[1];
        var row2 = rows[2];
        var row3 = rows[3];
        var row4 = rows[4];
        var row5 = rows[5];
        var row6 = rows[6];
        var row7 = rows[7];
        for (var column = 0; column < Panels.Half; column += TLanes.Count)
        {
            TVector low0 = default, high0 = default;
            TVector low1 = default, high1 = default;
            TVector low2 = default, high2 = default;
            TVector low3 = default, high3 = default;
            TVector low4 = default, high4 = default;
            TVector low5 = default, high5 = default;
            TVector low6 = default, high6 = default;
            TVector low7 = default, high7 = default;
            var step = panel + (column * sizeof(float));
            var ahead = panel + PrefetchBytes;
            nint k = 0;
            nint end = Math.Max(0, depth - (PrefetchBytes / TFormat.StepBytes));
            while (true)
            {
                for (; k < end; k++)
                {
                    Prefetch(ahead);
                    ahead += TFormat.StepBytes;
                    var low = TLanes.Low(step);
                    var high = TLanes.High(step);
                    step += TFormat.StepBytes;
                    TVector value;
                    value = TLanes.Broadcast(row0 + k);
                    low0 = TLanes.MultiplyAdd(value, low, low0);
                    high0 = TLanes.MultiplyAdd(value, high, high0);
                    value = TLanes.Broadcast(row1 + k);
                    low1 = TLanes.MultiplyAdd(value, low, low1);
                    high1 = TLanes.MultiplyAdd(value, high, high1);
                    value = TLanes.Broadcast(row2 + k);
                    low2 = TLanes.MultiplyAdd(value, low, low2);
                    high2 = TLanes.MultiplyAdd(value, high, high2);
                    value = TLanes.Broadcast(row3 + k);
                    low3 = TLanes.MultiplyAdd(value, low, low3);
                    high3 = TLanes.MultiplyAdd(value, high, high3);
                    value = TLanes.Broadcast(row4 + k);
                    low4 = TLanes.MultiplyAdd(value, low, low4);
                    high4 = TLanes.MultiplyAdd(value, high, high4);
                    value = TLanes.Broadcast(row5 + k);
                    low5 = TLanes.MultiplyAdd(value, low, low5);
                    high5 = TLanes.MultiplyAdd(value, high, high5);
                    value = TLanes.Broadcast(row6 + k);
                    low6 = TLanes.MultiplyAdd(value, low, low6);
                    high6 = TLanes.MultiplyAdd(value, high, high6);
                    value = TLanes.Broadcast(row7 + k);
                    low7 = TLanes.MultiplyAdd(value, low, low7);
                    high7 = TLanes.MultiplyAdd(value, high, high7);
                }

                if (end == depth)
                {
                    break;
                }

                end = depth;
                ahead = next;
            }

            var target = tile + column;
            Store(low0, high0, target + (0 * Panels.Width));
            Store(low1, high1, target + (1 * Panels.Width));
            Store(low2, high2, target + (2 * Panels.Width));
            Store(low3, high3, target + (3 * Panels.Width));
            Store(low4, high4, target + (4 * Panels.Width));
            Store(low5, high5, target + (5 * Panels.Width));
            Store(low6, high6, target + (6 * Panels.Width));
            Store(low7, high7, target + (7 * Panels.Width));
        }
    }

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TVector low, TVector high, float* target)
    {
        TLanes.Store(low, target);
        TLanes.Store(high, target + Panels.Half);
    }
}
