using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>
/// Routed experts as two products, in the precision of the other matrices: all experts compute all rows, and a row's share of those that
/// it did not choose is zero. The work is that of a model whose rows choose every expert.
/// </summary>
internal sealed class DenseExperts(ModelGraph graph)
{
    /// <summary>In place of the score of an expert that was not chosen.</summary>
    private const float NotChosen = -1e30f;

    /// <inheritdoc cref="IOperatorSet.Experts"/>
    public string Build(string node, string input, string scores, string prefix)
    {
        var text = graph.Checkpoint.Config.Text;
        var (count, intermediate) = (text.Experts!.Count, text.Experts.IntermediateSize);
        var weights = new ExpertWeights(graph.Checkpoint, prefix);
        var experts = Enumerable.Range(0, count).ToArray();
        var gateUp = new WeightRows(
            [2L * count * intermediate, text.HiddenSize], experts.Select(weights.Gate).Concat(experts.Select(weights.Up)));

        // A row of the second product holds the row of every expert.
        var down = new WeightRows(
            [text.HiddenSize, (long)count * intermediate],
            Enumerable.Range(0, text.HiddenSize).SelectMany(row => experts.Select(expert => weights.Down(expert).Slice(row, 1))));
        var wide = graph.Linear(node + ".gate_up", input, gateUp);
        var parts = graph.Onnx.Add(
            node + ".split",
            "Split",
            [wide, graph.Onnx.Constant((long)count * intermediate, (long)count * intermediate)],
            [node + ".gate", node + ".up"],
            ("axis", -1));
        var active = graph.Add(node + ".product", "Mul", [graph.Operators.Silu(node + ".silu", parts[0]), parts[1]]);
        var byExpert = graph.Reshape(node + ".by_expert", active, 0, count, intermediate);
        var shares = graph.Reshape(node + ".shares_by_expert", Shares(node, scores, text.Experts.PerToken), 0, count, 1);
        var weighted = graph.Reshape(
            node + ".weighted", graph.Add(node + ".shared_out", "Mul", [byExpert, shares]), 0, (long)count * intermediate);
        return graph.Linear(node + ".down", weighted, down);
    }

    /// <summary>The softmax over the best scores; zero for the others.</summary>
    private string Shares(string node, string scores, int chosen)
    {
        var best = graph.Onnx.Add(
            node + ".best", "TopK", [scores, graph.Onnx.Constant(chosen)], [node + ".best_scores", node + ".best_experts"], ("axis", -1));
        var least = graph.Add(
            node + ".least",
            "Slice",
            [best[0], graph.Onnx.Constant(chosen - 1L), graph.Onnx.Constant((long)chosen), graph.Onnx.Constant(1L)]);
        var isChosen = graph.Add(node + ".is_chosen", "GreaterOrEqual", [scores, least]);
        var left = graph.Add(node + ".left", "Where", [isChosen, scores, graph.Onnx.Scalar(NotChosen)]);
        return graph.Add(node + ".shares", "Softmax", [left], ("axis", -1));
    }
}
