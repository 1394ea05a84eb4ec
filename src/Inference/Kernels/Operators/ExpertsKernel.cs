using System.Buffers;
using Qwen35Batch.Inference.Kernels.Interop;

namespace Qwen35Batch.Inference.Kernels.Operators;

/// <summary>
/// <see cref="CpuOperators.Experts"/> in three rounds of parallel work: the choice of experts, by rows; gates and factors, by experts and
/// panels; the way back, by panels of the output, so that no two threads write to the same place and a row sums its experts in their
/// order, whichever rows are beside it.
/// </summary>
internal sealed unsafe class ExpertsKernel(int perToken) : ICpuKernel
{
    private const int RowsPerTask = 32;

    public void Compute(KernelContext context)
    {
        var (input, scores, gateUp, down) = (context.Input(0), context.Input(1), context.Input(2), context.Input(3));
        var (sharedGateUp, sharedDown) = (context.Input(4), context.Input(5));
        var (rows, hidden, experts) = (input.Rows, input.Columns, scores.Columns - 1);
        var kernel = PanelKernel.Of(gateUp, down, sharedGateUp, sharedDown);
        var (panels, sharedPanels, outputPanels) = (
            checked((int)gateUp.Shape[1]), checked((int)sharedGateUp.Shape[0]), Panels.Count(hidden));
        var (width, sharedWidth) = (
            kernel.Depth(down.Shape, panels * Panels.Half), kernel.Depth(sharedDown.Shape, sharedPanels * Panels.Half));
        scores.Demand(rows, experts + 1);
        gateUp.Demand([experts, Panels.GatedCount(width), .. kernel.PanelShape(hidden)]);
        down.Demand([outputPanels, experts, .. kernel.PanelShape(width)]);
        sharedGateUp.Demand([Panels.GatedCount(sharedWidth), .. kernel.PanelShape(hidden)]);
        sharedDown.Demand([outputPanels, .. kernel.PanelShape(sharedWidth)]);
        if (perToken > experts)
        {
            throw new InvalidOperationException($"{perToken} of {experts} experts cannot be chosen.");
        }

        var output = context.Output(rows, hidden);
        if (rows == 0)
        {
            return;
        }

        var members = new ExpertMembers(rows, experts, perToken);
        var given = scores.Floats;
        context.ParallelFor(
            Tasks(rows, RowsPerTask), task => members.Choose(given, task * RowsPerTask, Math.Min(rows, (task + 1) * RowsPerTask)));
        var groups = members.Group();

        var (stride, sharedStride) = (panels * Panels.Half, sharedPanels * Panels.Half);
        var scratch = ArrayPool<float>.Shared.Rent(checked((rows * sharedStride) + (rows * perToken * stride)));
        try
        {
            fixed (float* start = scratch)
            {
                using var inputs = new PreparedRows(kernel, input.Floats, rows, hidden, hidden);
                using var sharedProducts = new PreparedRows(kernel, start, rows, sharedWidth, sharedStride);
                using var products = new PreparedRows(kernel, start + ((long)rows * sharedStride), rows * perToken, width, stride);
                var (gateBytes, downBytes) = (panels * kernel.PanelBytes(hidden), kernel.PanelBytes(width));
                var shared = new Expert(
                    new ExpertGroup(experts, 0, rows),
                    sharedGateUp.Bytes,
                    sharedDown.Bytes,
                    kernel.PanelBytes(sharedWidth),
                    sharedWidth,
                    sharedProducts,
                    0);
                var run = new ExpertsRun(kernel, members, inputs, hidden, output)
                {
                    Experts =
                    [
                        shared,
                        .. groups.Select(group => new Expert(
                            group,
                            gateUp.Bytes + (group.Expert * gateBytes),
                            down.Bytes + (group.Expert * downBytes),
                            experts * downBytes,
                            width,
                            products,
                            group.First - rows)),
                    ],
                };
                inputs.Prepare(context);
                context.ParallelFor(run.GateTasks, run.Gate);
                sharedProducts.Prepare(context);
                products.Prepare(context);
                context.ParallelFor(outputPanels, run.Down);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scratch);
        }
    }

    private static int Tasks(int items, int perTask) => (items + perTask - 1) / perTask;
}
