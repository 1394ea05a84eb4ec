namespace Qwen35Batch.Inference.Kernels.Operators;

/// <summary>One computation of <see cref="ExpertsKernel"/>, once the experts are chosen.</summary>
internal sealed unsafe class ExpertsRun(PanelKernel kernel, ExpertMembers members, PreparedRows inputs, int hidden, float* output)
{
    /// <summary>Enough work for one task, and enough tasks for every thread.</summary>
    private const int PanelsPerTask = 4;

    /// <summary>The shared expert, which sets what the others add to, and the routed ones that have rows.</summary>
    public required Expert[] Experts { get; init; }

    public int GateTasks => SharedTasks + ((Experts.Length - 1) * RoutedTasks);

    private int SharedTasks => TasksOf(Experts[0]);

    private int RoutedTasks => TasksOf(Experts[^1]);

    /// <summary>Some panels of an expert's gates and factors, all its rows.</summary>
    public void Gate(int task)
    {
        var shared = SharedTasks;
        var (index, part) = task < shared ? (0, task) : Math.DivRem(task - shared, RoutedTasks);
        var expert = Experts[task < shared ? 0 : index + 1];
        var end = Math.Min(expert.GatePanels, (part + 1) * PanelsPerTask);
        var tile = stackalloc float[PanelKernel.MaxRows * Panels.Width];
        var rows = stackalloc byte*[PanelKernel.MaxRows];
        for (var panel = part * PanelsPerTask; panel < end; panel++)
        {
            var bytes = kernel.PanelBytes(hidden);
            var weights = expert.GateUp + (panel * bytes);
            for (var from = 0; from < expert.Count; from += PanelKernel.MaxRows)
            {
                var count = Math.Min(PanelKernel.MaxRows, expert.Count - from);
                for (var i = 0; i < count; i++)
                {
                    rows[i] = inputs[members.Rows[expert.First + from + i]];
                }

                kernel.Multiply(rows, count, weights, hidden, from + count < expert.Count ? weights : weights + bytes, tile);
                for (var i = 0; i < count; i++)
                {
                    TileMath.Gate(tile + (i * Panels.Width), expert.Products(from + i) + (panel * Panels.Half));
                }
            }
        }
    }

    /// <summary>One panel of the output, all experts.</summary>
    public void Down(int panel)
    {
        var tile = stackalloc float[PanelKernel.MaxRows * Panels.Width];
        var rows = stackalloc byte*[PanelKernel.MaxRows];
        var column = panel * Panels.Width;
        var columns = Math.Min(Panels.Width, hidden - column);
        for (var index = 0; index < Experts.Length; index++)
        {
            var expert = Experts[index];
            var weights = expert.Down(panel);
            var next = index + 1 < Experts.Length ? Experts[index + 1].Down(panel) : Experts[0].Down(panel + 1);
            for (var from = 0; from < expert.Count; from += PanelKernel.MaxRows)
            {
                var count = Math.Min(PanelKernel.MaxRows, expert.Count - from);
                for (var i = 0; i < count; i++)
                {
                    rows[i] = expert.Prepared(from + i);
                }

                kernel.Multiply(rows, count, weights, expert.Width, from + count < expert.Count ? weights : next, tile);
                for (var i = 0; i < count; i++)
                {
                    var member = expert.First + from + i;
                    var target = output + ((long)members.Rows[member] * hidden) + column;
                    if (index == 0)
                    {
                        TileMath.Scale(tile + (i * Panels.Width), members.Weights[member], columns, target);
                    }
                    else
                    {
                        TileMath.AddScaled(tile + (i * Panels.Width), members.Weights[member], columns, target);
                    }
                }
            }
        }
    }

    private static int TasksOf(Expert expert) => (expert.GatePanels + PanelsPerTask - 1) / PanelsPerTask;
}
