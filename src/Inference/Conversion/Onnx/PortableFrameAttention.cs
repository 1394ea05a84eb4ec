using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>
/// The vision tower's attention of standard operators: a Scan over blocks of queries, so that the scores of a large picture are never in
/// memory all at once.
/// </summary>
internal sealed class PortableFrameAttention(ModelGraph graph)
{
    /// <summary>Queries of a block.</summary>
    private const long Longest = 256;

    private readonly VisionConfig _config = graph.Checkpoint.Config.Vision;

    /// <inheritdoc cref="IOperatorSet.AttendWithinFrames"/>
    public string Build(string node, string[] parts, string framesShape, string cos, string sin)
    {
        var dim = _config.HeadDim;
        var queries = graph.Add(
            node + ".q_scaled", "Mul", [Heads(node + ".q", parts[0], framesShape, (cos, sin)), graph.Onnx.Scalar(1 / MathF.Sqrt(dim))]);
        var keys = graph.Onnx.Transpose(node + ".k_columns", Heads(node + ".k", parts[1], framesShape, (cos, sin)), 0, 1, 3, 2);
        var values = Heads(node + ".v", parts[2], framesShape, null);

        // [blocks, frames, heads, queries of a block, dim]
        var patches = graph.Add(node + ".patches", "Slice", [framesShape, graph.Onnx.Constant(1L), graph.Onnx.Constant(2L)]);
        var length = graph.Add(node + ".block", "Min", [patches, graph.Onnx.Constant(Longest)]);
        var rest = graph.Add(node + ".rest", "Mod", [graph.Add(node + ".negative", "Neg", [patches]), length]);
        var padding = graph.Add(
            node + ".padding", "Concat", [graph.Onnx.Constant(0, 0, 0, 0, 0, 0), rest, graph.Onnx.Constant(0L)], ("axis", 0));
        var shape = graph.Add(
            node + ".blocks_shape", "Concat", [graph.Onnx.Constant(0, 0, -1), length, graph.Onnx.Constant(dim)], ("axis", 0));
        var cut = graph.Add(node + ".cut", "Reshape", [graph.Add(node + ".padded", "Pad", [queries, padding]), shape]);
        var blocks = graph.Onnx.Transpose(node + ".blocks", cut, 2, 0, 1, 3, 4);
        var mixed = graph.Add(node + ".mixed", "Scan", [blocks], ("body", Block(node + ".step", keys, values)), ("num_scan_inputs", 1));
        var byPatch = graph.Onnx.Transpose(node + ".by_patch", mixed, 1, 0, 3, 2, 4);
        var frames = graph.Add(
            node + ".frames",
            "Slice",
            [graph.Reshape(node + ".all", byPatch, 0, -1, _config.HiddenSize), graph.Onnx.Constant(0L), patches, graph.Onnx.Constant(1L)]);
        return graph.Reshape(node, frames, -1, _config.HiddenSize);
    }

    private static OnnxGraph Block(string node, string keys, string values)
    {
        var body = new OnnxGraph(node, isBody: true);
        var weights = body.Add(
            node + ".weights", "Softmax", [body.Add(node + ".scores", "MatMul", [body.Input(node + ".queries"), keys])], ("axis", -1));
        body.Output(body.Add(node + ".values", "MatMul", [weights, values]));
        return body;
    }

    /// <summary><c>[frames, heads, patches of a frame, dim]</c>, rotated where there are angles.</summary>
    private string Heads(string node, string input, string framesShape, (string Cos, string Sin)? angles)
    {
        var (heads, half) = (_config.Heads, _config.HeadDim / 2);
        var split = graph.Reshape(node + "_heads", graph.Add(node + "_frames", "Reshape", [input, framesShape]), 0, 0, heads, 2 * half);
        if (angles is (var cos, var sin))
        {
            var parts = graph.Onnx.Add(
                node + "_halves", "Split", [split, graph.Onnx.Constant(half, half)], [node + "_first", node + "_second"], ("axis", -1));
            var turned = Rotation.Turn(
                graph,
                node,
                parts[0],
                parts[1],
                graph.Reshape(node + "_cos", cos, -1, 1, half),
                graph.Reshape(node + "_sin", sin, -1, 1, half));
            split = graph.Add(node + "_turned", "Concat", [turned.First, turned.Second], ("axis", -1));
        }

        return graph.Onnx.Transpose(node + "_by_head", split, 0, 2, 1, 3);
    }
}
