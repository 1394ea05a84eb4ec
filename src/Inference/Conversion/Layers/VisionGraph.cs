using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion.Onnx;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion.Layers;

/// <summary>
/// The vision tower for frames of one size. Attention stays within a frame, so frames of many pictures and clips of that size
/// go through together as the frames of one clip: <c>image_grid_thw</c> is <c>[[frames, height, width]]</c> in patches; a graph for GPUs
/// is given what follows from it. Rows are in the processor's order: (frame, block row, block column, row in the block, column in
/// the block).
/// </summary>
internal sealed class VisionGraph
{
    private const float NormEpsilon = 1e-6f;

    private readonly ModelGraph _graph;
    private readonly VisionConfig _config;
    private readonly int _hidden;

    private VisionGraph(ModelGraph graph)
    {
        _graph = graph;
        _config = graph.Checkpoint.Config.Vision;
        _hidden = _config.HiddenSize;
    }

    public static void Build(ModelGraph graph) => new VisionGraph(graph).Build();

    private void Build()
    {
        _graph.Onnx.Input(GraphNames.PixelValues, OnnxType.Float, "patches", _config.PatchValues);
        IVisionPositions positions = _graph.IsForGpu ? new GivenPositions(_graph) : new VisionPositions(_graph);
        var patches = _graph.Linear(
            "patch_embedding",
            GraphNames.PixelValues,
            PatchWeight(),
            _graph.Values("model.visual.patch_embed.proj.bias", _hidden));

        var framesShape = positions.FramesShape;
        var frames = _graph.Add("frames", "Reshape", [patches, framesShape]);
        var placed = _graph.Add("placed", "Add", [frames, positions.Embeddings()]);
        var hidden = _graph.Reshape("hidden", placed, -1, _hidden);
        var (cos, sin) = positions.Rotary();
        for (var block = 0; block < _config.Depth; block++)
        {
            hidden = BuildBlock(block, hidden, framesShape, cos, sin);
        }

        Merge(hidden);
    }

    private WeightRows PatchWeight()
    {
        var tensor = _graph.Checkpoint.Tensor(
            "model.visual.patch_embed.proj.weight",
            _hidden,
            _config.Channels,
            _config.TemporalPatchSize,
            _config.PatchSize,
            _config.PatchSize);
        return WeightRows.Of(tensor);
    }

    private string BuildBlock(int block, string input, string framesShape, string cos, string sin)
    {
        var node = $"blocks.{block}";
        var prefix = CheckpointLayout.Block(block);
        var normed = Norm(node + ".norm1", input, prefix + "norm1");
        var parts = _graph.Onnx.Add(
            node + ".split",
            "Split",
            [
                _graph.Linear(node + ".qkv", normed, prefix + "attn.qkv", 3 * _hidden, _hidden, bias: true),
                _graph.Onnx.Constant(_hidden, _hidden, _hidden)
            ],
            [node + ".q", node + ".k", node + ".v"],
            ("axis", -1));
        var rows = _graph.Operators.AttendWithinFrames(GraphNames.VisionAttention(block), parts, framesShape, cos, sin);
        var projected = _graph.Linear(node + ".proj", rows, prefix + "attn.proj", _hidden, _hidden, bias: true);
        var middle = _graph.Add(node + ".attended", "Add", [input, projected]);

        normed = Norm(node + ".norm2", middle, prefix + "norm2");
        var wide = _graph.Linear(node + ".fc1", normed, prefix + "mlp.linear_fc1", _config.IntermediateSize, _hidden, bias: true);
        var active = _graph.Add(node + ".gelu", "Gelu", [wide], ("approximate", "tanh"));
        var narrow = _graph.Linear(node + ".fc2", active, prefix + "mlp.linear_fc2", _hidden, _config.IntermediateSize, bias: true);
        return _graph.Add(node + ".out", "Add", [middle, narrow]);
    }

    private string Norm(string node, string input, string tensor) => _graph.Add(
        node,
        "LayerNormalization",
        [
            input,
            _graph.Onnx.Constant(_graph.Values(tensor + ".weight", _hidden)),
            _graph.Onnx.Constant(_graph.Values(tensor + ".bias", _hidden))
        ],
        ("axis", -1),
        ("epsilon", NormEpsilon));

    /// <summary>Blocks of patches, which follow each other in the rows, become tokens.</summary>
    private void Merge(string hidden)
    {
        var merged = _hidden * _config.MergeUnit;
        var normed = Norm("merger.norm", hidden, "model.visual.merger.norm");
        var tokens = _graph.Reshape("merger.tokens", normed, -1, merged);
        var wide = _graph.Linear("merger.fc1", tokens, "model.visual.merger.linear_fc1", merged, merged, bias: true);
        var active = _graph.Add("merger.gelu", "Gelu", [wide]);
        var weight = WeightRows.Of(_graph.Checkpoint.Tensor("model.visual.merger.linear_fc2.weight", _config.OutputSize, merged));
        _graph.Linear(GraphNames.ImageFeatures, active, weight, _graph.Values("model.visual.merger.linear_fc2.bias", _config.OutputSize));
        _graph.Onnx.Output(GraphNames.ImageFeatures, OnnxType.Float, "tokens", _config.OutputSize);
    }
}
