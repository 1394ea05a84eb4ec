using System.Runtime.CompilerServices;
using Qwen35Batch.Inference.Kernels.Interop;

namespace Qwen35Batch.Inference.Kernels.Operators;

/// <summary><see cref="CpuOperators.MatMul"/>: a piece of work is one panel with up to <see cref="RowsPerTask"/> rows.</summary>
internal sealed unsafe class MatMulKernel(int columns) : ICpuKernel
{
    /// <summary>Few panels with many rows are shared out, too.</summary>
    private const int RowsPerTask = 64;

    public void Compute(KernelContext context)
    {
        var (input, weight) = (context.Input(0), context.Input(1));
        var (rows, depth, panels) = (input.Rows, input.Columns, Panels.Count(columns));
        var kernel = PanelKernel.Of(weight);
        var bias = context.OptionalFloats(2);
        weight.Demand([panels, .. kernel.PanelShape(depth)]);
        var output = context.Output([.. input.Shape.AsSpan(0, input.Shape.Length - 1), columns]);
        if (rows == 0)
        {
            return;
        }

        using var prepared = new PreparedRows(kernel, input.Floats, rows, depth, depth);
        prepared.Prepare(context);
        var parts = (rows + RowsPerTask - 1) / RowsPerTask;
        context.ParallelFor(panels * parts, Compute);

        void Compute(int task)
        {
            var (index, part) = Math.DivRem(task, parts);
            var panel = weight.Bytes + (index * kernel.PanelBytes(depth));
            var end = Math.Min(rows, (part + 1) * RowsPerTask);
            Multiply(kernel, prepared, part * RowsPerTask, end, depth, panel, index, output, bias);
        }
    }

    private void Multiply(
        PanelKernel kernel, PreparedRows rows, int from, int to, int depth, byte* panel, int index, float* output, float* bias)
    {
        var tile = stackalloc float[PanelKernel.MaxRows * Panels.Width];
        var pointers = stackalloc byte*[PanelKernel.MaxRows];
        var next = panel + kernel.PanelBytes(depth);
        var first = index * Panels.Width;
        var count = Math.Min(Panels.Width, columns - first);
        for (var row = from; row < to; row += PanelKernel.MaxRows)
        {
            var taken = Math.Min(PanelKernel.MaxRows, to - row);
            for (var i = 0; i < taken; i++)
            {
                pointers[i] = rows[row + i];
            }

            kernel.Multiply(pointers, taken, panel, depth, row + taken < to ? panel : next, tile);
            for (var i = 0; i < taken; i++)
            {
                var target = output + ((long)(row + i) * columns) + first;
                if (bias is null)
                {
                    Unsafe.CopyBlockUnaligned(target, tile + (i * Panels.Width), (uint)(count * sizeof(float)));
                }
                else
                {
                    TileMath.Add(tile + (i * Panels.Width), bias + first, count, target);
                }
            }
        }
    }
}
