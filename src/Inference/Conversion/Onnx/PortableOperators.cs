namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>Standard operators only.</summary>
internal sealed class PortableOperators : IOperatorSet
{
    private readonly ModelGraph _graph;
    private readonly PortableAttention _attention;
    private readonly PortableDeltaRule _deltaRule;

    public PortableOperators(ModelGraph graph)
    {
        _graph = graph;
        _attention = new PortableAttention(graph);
        _deltaRule = new PortableDeltaRule(graph);
    }

    public string RootNorm(string node, string input, string weight, float epsilon)
    {
        var square = _graph.Add(node + ".square", "Mul", [input, input]);
        var mean = _graph.Add(node + ".mean", "ReduceMean", [square, _graph.Onnx.Constant(-1L)]);
        var root = _graph.Add(node + ".root", "Sqrt", [_graph.Add(node + ".mean_epsilon", "Add", [mean, _graph.Onnx.Scalar(epsilon)])]);
        return _graph.Add(node, "Mul", [_graph.Add(node + ".normed", "Div", [input, root]), weight]);
    }

    public (string Normed, string Sum) AddAndNorm(string node, string hidden, string branch, string weight, float epsilon)
    {
        var sum = _graph.Add(node + ".sum", "Add", [hidden, branch]);
        return (RootNorm(node, sum, weight, epsilon), sum);
    }

    public string Silu(string node, string input) => _graph.Add(node, "Mul", [input, _graph.Add(node + ".sigmoid", "Sigmoid", [input])]);

    public string GatedAdd(string node, string sum, string branch, string gate) =>
        _graph.Add(node, "Add", [sum, _graph.Add(node + ".gated", "Mul", [branch, gate])]);

    /// <summary>The sum of the last inputs, each times its tap.</summary>
    public string Convolve(string node, string input, string weight, string past, string present)
    {
        var (width, kernel) = (_graph.Checkpoint.Config.Text.ConvWidth, _graph.Checkpoint.Config.Text.ConvKernel);
        var taps = _graph.Onnx.Add(
            node + ".taps",
            "Split",
            [_graph.Onnx.Transpose(node + ".by_tap", _graph.Reshape(node + ".by_channel", weight, width, kernel), 1, 0)],
            [.. Enumerable.Range(0, kernel).Select(tap => $"{node}.tap_{tap}")],
            ("axis", 0),
            ("num_outputs", kernel));
        var all = _graph.Add(node + ".inputs", "Concat", [past, input], ("axis", 1));
        _graph.Onnx.Add(
            node + ".state",
            "Slice",
            [all, _graph.Onnx.Constant(1L - kernel), _graph.Onnx.Constant(long.MaxValue), _graph.Onnx.Constant(1L)],
            [present]);
        var products = taps.Select((tap, i) =>
        {
            var end = i + 1 == kernel ? long.MaxValue : i + 1L - kernel;
            var shifted = _graph.Add(
                $"{node}.shifted_{i}", "Slice", [all, _graph.Onnx.Constant((long)i), _graph.Onnx.Constant(end), _graph.Onnx.Constant(1L)]);
            return _graph.Add($"{node}.product_{i}", "Mul", [shifted, tap]);
        });
        return _graph.Add(node, "Sum", [.. products]);
    }

    public string DeltaRule(string node, DeltaRuleInputs inputs, string past, string present) =>
        _deltaRule.Build(node, inputs, past, present);

    public string Rotate(string node, string input, int heads) => _attention.Rotate(node, input, heads);

    public string Attend(string node, string queries, string keys, string values, CacheStates states) =>
        _attention.Build(node, queries, keys, values, states);

    public string Experts(string node, string input, string scores, string prefix) =>
        new PortableExperts(_graph).Build(node, input, scores, prefix);

    public string AttendWithinFrames(string node, string[] parts, string framesShape, string cos, string sin) =>
        new PortableFrameAttention(_graph).Build(node, parts, framesShape, cos, sin);
}
