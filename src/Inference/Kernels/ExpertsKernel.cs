using System.Buffers;

namespace Qwen35Batch.Inference.Kernels;

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
        var (width, sharedWidth) = (checked((int)down.Shape[2]), checked((int)sharedDown.Shape[1]));
        var (panels, sharedPanels, outputPanels) = (Panels.GatedCount(width), Panels.GatedCount(sharedWidth), Panels.Count(hidden));
        scores.Demand(rows, experts + 1);
        gateUp.Demand(experts, panels, hidden, Panels.Width);
        down.Demand(outputPanels, experts, width, Panels.Width);
        sharedGateUp.Demand(sharedPanels, hidden, Panels.Width);
        sharedDown.Demand(outputPanels, sharedWidth, Panels.Width);
        if (perToken > experts)
        {
            throw new InvalidOperationException($"{perToken} of {experts} experts cannot be chosen.");
        }

        var kernel = PanelKernel.Of(gateUp, down, sharedGateUp, sharedDown);
        var output = context.Output(rows, hidden);
        if (rows == 0)
        {
            return;
        }

        var members = new ExpertMembers(rows, experts, perToken);
        var given = scores.Floats;
        context.ParallelFor(Tasks(rows, RowsPerTask), task => members.Choose(given, task * RowsPerTask, Math.Min(rows, (task + 1) * RowsPerTask)));
        var groups = members.Group();

        var (stride, sharedStride) = (panels * Panels.Half, sharedPanels * Panels.Half);
        var length = checked((rows * sharedStride) + (rows * perToken * stride));
        var scratch = ArrayPool<float>.Shared.Rent(length);
        try
        {
            fixed (float* start = scratch)
            {
                var products = start;
                var step = (long)kernel.StepBytes;
                var shared = new Expert(
                    new ExpertGroup(experts, 0, rows), sharedGateUp.Bytes, sharedDown.Bytes, sharedWidth * step, sharedWidth, products);
                var run = new ExpertsRun(kernel, members, input.Floats, hidden, output)
                {
                    Experts =
                    [
                        shared,
                        .. groups.Select(group => Routed(group, products + ((long)rows * sharedStride) + ((long)(group.First - rows) * stride))),
                    ],
                };
                context.ParallelFor(run.GateTasks, run.Gate);
                context.ParallelFor(outputPanels, run.Down);

                Expert Routed(ExpertGroup group, float* own) => new(
                    group, gateUp.Bytes + (group.Expert * panels * hidden * step), down.Bytes + (group.Expert * width * step), experts * width * step, width, own);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scratch);
        }
    }

    private static int Tasks(int items, int perTask) => (items + perTask - 1) / perTask;
}
