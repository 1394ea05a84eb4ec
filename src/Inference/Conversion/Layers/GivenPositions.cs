using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion.Onnx;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion.Layers;

/// <summary>
/// Positions that are inputs, for a graph on a GPU, whose sines are only good to a few thousandths and whose shapes are settled before the
/// run.
/// </summary>
internal sealed class GivenPositions : IVisionPositions
{
    private const int Corners = 4;

    private readonly ModelGraph _graph;
    private readonly VisionConfig _config;

    public GivenPositions(ModelGraph graph)
    {
        _graph = graph;
        _config = graph.Checkpoint.Config.Vision;
        graph.Onnx.Input(GraphNames.FramesShape, OnnxType.Int64, 3);
        graph.Onnx.Input(GraphNames.PositionIndexes, OnnxType.Int32, Corners, "frame_patches");
        graph.Onnx.Input(GraphNames.PositionWeights, OnnxType.Float, Corners, "frame_patches", 1);
        graph.Onnx.Input(GraphNames.RotaryCos, OnnxType.Float, "frame_patches", _config.HeadDim / 2);
        graph.Onnx.Input(GraphNames.RotarySin, OnnxType.Float, "frame_patches", _config.HeadDim / 2);
    }

    public string FramesShape => GraphNames.FramesShape;

    public string Embeddings()
    {
        var side = _config.PositionSide;
        var table = _graph.Weight(CheckpointLayout.VisionPositions, side * side, _config.HiddenSize);
        var corners = _graph.Add("positions.corners", "Gather", [table, GraphNames.PositionIndexes]);
        var weighted = _graph.Add("positions.weighted", "Mul", [corners, GraphNames.PositionWeights]);
        return _graph.Add("positions", "ReduceSum", [weighted, _graph.Onnx.Constant(0L)], ("keepdims", 0));
    }

    public (string Cos, string Sin) Rotary() => (GraphNames.RotaryCos, GraphNames.RotarySin);
}
