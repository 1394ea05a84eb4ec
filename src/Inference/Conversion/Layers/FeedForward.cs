using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion.Onnx;

namespace Qwen35Batch.Inference.Conversion.Layers;

/// <summary>The second half of a layer: dense, or routed experts with a shared one.</summary>
internal sealed class FeedForward(ModelGraph graph)
{
    private readonly TextConfig _config = graph.Checkpoint.Config.Text;

    /// <param name="input"><c>[rows, hidden]</c>.</param>
    public string Build(int layer, string input)
    {
        var node = $"layers.{layer}.feed_forward";
        var prefix = CheckpointLayout.Layer(layer) + "mlp.";
        if (_config.Experts is not { } experts)
        {
            return Gated(node, input, prefix, _config.IntermediateSize);
        }

        var all = graph.ExactLinear(node + ".scores", input, WeightRows.Stack(
            RowBlock.Of(graph.Checkpoint.Tensor(prefix + "gate.weight", experts.Count, _config.HiddenSize)),
            RowBlock.Of(graph.Checkpoint.Tensor(prefix + "shared_expert_gate.weight", 1, _config.HiddenSize))));
        if (graph.Panels is { } panels)
        {
            return panels.Experts(node + ".experts", input, all, prefix);
        }

        var scores = graph.Onnx.Add(
            node + ".scores_split",
            "Split",
            [all, graph.Onnx.Constant(experts.Count, 1)],
            [node + ".router", node + ".shared_score"],
            ("axis", -1));
        var routed = graph.Operators.Experts(node + ".experts", input, scores[0], prefix);
        var shared = Gated(node + ".shared", input, prefix + "shared_expert.", experts.SharedIntermediateSize);
        var gate = graph.Add(node + ".shared_gate", "Sigmoid", [scores[1]]);
        return graph.Operators.GatedAdd(node + ".sum", routed, shared, gate);
    }

    /// <summary><c>down(silu(gate(x)) * up(x))</c>.</summary>
    private string Gated(string node, string input, string prefix, int intermediate)
    {
        var hidden = _config.HiddenSize;
        var parts = graph.Onnx.Add(
            node + ".split",
            "Split",
            [
                graph.Linear(node + ".gate_up", input, WeightRows.Stack(
                    RowBlock.Of(graph.Checkpoint.Tensor(prefix + "gate_proj.weight", intermediate, hidden)),
                    RowBlock.Of(graph.Checkpoint.Tensor(prefix + "up_proj.weight", intermediate, hidden)))),
                graph.Onnx.Constant(intermediate, intermediate),
            ],
            [node + ".gate", node + ".up"],
            ("axis", -1));
        var active = graph.Operators.Silu(node + ".silu", parts[0]);
        return graph.Linear(
            node + ".down", graph.Add(node + ".product", "Mul", [active, parts[1]]), prefix + "down_proj", hidden, intermediate);
    }
}
