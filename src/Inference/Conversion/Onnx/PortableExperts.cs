using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>
/// Routed experts of standard operators: a Loop over the experts that were chosen at all, each of which takes the rows that
/// chose it.
/// </summary>
internal sealed class PortableExperts(ModelGraph graph)
{
    /// <inheritdoc cref="IOperatorSet.Experts"/>
    public string Build(string node, string input, string scores, string prefix)
    {
        var text = graph.Checkpoint.Config.Text;
        var experts = text.Experts!;
        var best = graph.Onnx.Add(
            node + ".best",
            "TopK",
            [scores, graph.Onnx.Constant(experts.PerToken)],
            [node + ".best_scores", node + ".best_experts"],
            ("axis", -1));
        var shares = graph.Add(node + ".best_shares", "Softmax", [best[0]], ("axis", -1));
        var none = graph.Add(node + ".no_shares", "Expand", [graph.Onnx.Scalar(0f), graph.Add(node + ".shares_shape", "Shape", [scores])]);
        var all = graph.Add(node + ".shares", "ScatterElements", [none, best[1], shares], ("axis", 1));
        var byExpert = graph.Onnx.Transpose(node + ".shares_by_expert", all, 1, 0);
        var most = graph.Add(node + ".most", "ReduceMax", [all, graph.Onnx.Constant(0L)], ("keepdims", 0));
        var chosen = graph.Reshape(node + ".chosen", graph.Add(node + ".chosen_indexes", "NonZero", [most]), -1);
        var count = graph.Add(node + ".count", "Squeeze", [graph.Add(node + ".chosen_shape", "Shape", [chosen])]);
        var weights = new ExpertWeights(graph.Checkpoint, prefix);
        var indexes = Enumerable.Range(0, experts.Count).ToArray();
        var gateUp = graph.Stored(
            node + ".gate_up",
            new WeightRows(
                [experts.Count, 2 * experts.IntermediateSize, text.HiddenSize],
                indexes.SelectMany(expert => new[] { weights.Gate(expert), weights.Up(expert) })));
        var down = graph.Stored(
            node + ".down", new WeightRows([experts.Count, text.HiddenSize, experts.IntermediateSize], indexes.Select(weights.Down)));
        var nothing = graph.Add(node + ".nothing", "Expand", [graph.Onnx.Scalar(0f), graph.Add(node + ".rows_shape", "Shape", [input])]);
        return graph.Add(node, "Loop", [count, "", nothing], ("body", Expert(node + ".expert", input, chosen, byExpert, gateUp, down)));
    }

    /// <summary>Adds what one expert gives to the rows that chose it.</summary>
    private OnnxGraph Expert(string node, string input, string chosen, string byExpert, string gateUp, string down)
    {
        var body = new OnnxGraph(node, isBody: true);
        var (turn, goOn, sum) = (
            body.Input(node + ".turn", OnnxType.Int64), body.Input(node + ".go_on", OnnxType.Bool), body.Input(node + ".sum"));
        var expert = body.Add(node + ".index", "Gather", [chosen, turn]);
        var shares = body.Add(node + ".shares", "Gather", [byExpert, expert]);
        var rows = body.Transpose(node + ".rows", body.Add(node + ".row_indexes", "NonZero", [shares]), 1, 0);
        var taken = body.Add(node + ".input", "GatherND", [input, rows]);
        var parts = body.Add(
            node + ".parts",
            "Split",
            [ModelGraph.ExactProduct(body, node + ".gate_up", taken, Weight("gate_up", gateUp))],
            [node + ".gate", node + ".up"],
            ("axis", -1),
            ("num_outputs", 2));
        var active = body.Add(node + ".silu", "Mul", [parts[0], body.Add(node + ".sigmoid", "Sigmoid", [parts[0]])]);
        var product = body.Add(node + ".product", "Mul", [active, parts[1]]);
        var output = ModelGraph.ExactProduct(body, node + ".down", product, Weight("down", down));
        var share = body.Add(
            node + ".share", "Unsqueeze", [body.Add(node + ".share_values", "GatherND", [shares, rows]), body.Constant(1L)]);
        body.Output(body.Add(node + ".still", "Identity", [goOn]));
        body.Output(
            body.Add(node + ".next", "ScatterND", [sum, rows, body.Add(node + ".weighted", "Mul", [output, share])], ("reduction", "add")));
        return body;

        string Weight(string name, string all) =>
            graph.AsFloats(body, $"{node}.{name}_floats", body.Add($"{node}.{name}_weight", "Gather", [all, expert]));
    }
}
