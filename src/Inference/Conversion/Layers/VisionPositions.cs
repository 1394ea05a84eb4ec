using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion.Onnx;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion.Layers;

/// <summary>
/// The part of the vision graph that computes, from <c>image_grid_thw</c>, where the patches of a frame are: the learned positions,
/// interpolated from their square to the frame's grid, and the angles of the rotary positions.
/// </summary>
internal sealed class VisionPositions : IVisionPositions
{
    private readonly ModelGraph _graph;
    private readonly VisionConfig _config;
    private readonly string _rows;
    private readonly string _columns;
    private readonly string _height;
    private readonly string _width;

    public VisionPositions(ModelGraph graph)
    {
        _graph = graph;
        _config = graph.Checkpoint.Config.Vision;
        var merge = _config.MergeSize;
        graph.Onnx.Input(GraphNames.ImageGrid, OnnxType.Int64, 1, 3);
        var grid = graph.Reshape("grid", GraphNames.ImageGrid, 3);
        var frames = Part(grid, "grid.frames", 0);
        _height = Part(grid, "grid.height", 1);
        _width = Part(grid, "grid.width", 2);
        var patches = graph.Add("grid.patches", "Mul", [_height, _width]);
        FramesShape = graph.Add("frames_shape", "Concat", [frames, patches, graph.Onnx.Constant(_config.HiddenSize)], ("axis", 0));

        // Row and column of each patch in the order (block row, block column, row, column).
        var mergeSize = graph.Onnx.Constant(merge);
        var blockRows = graph.Add("grid.block_rows", "Div", [_height, mergeSize]);
        var blockColumns = graph.Add("grid.block_columns", "Div", [_width, mergeSize]);
        var blocks = graph.Add("grid.blocks", "Concat", [blockRows, blockColumns, mergeSize, mergeSize], ("axis", 0));
        _rows = PerPatch("grid.row", _height, [-1, 1, merge, 1], blocks);
        _columns = PerPatch("grid.column", _width, [1, -1, 1, merge], blocks);
    }

    public string FramesShape { get; }

    public string Embeddings()
    {
        var side = _config.PositionSide;
        var table = _graph.Weight(CheckpointLayout.VisionPositions, side * side, _config.HiddenSize);
        var (top, bottom, below) = Between("rows", _rows, _height);
        var (left, right, beyond) = Between("columns", _columns, _width);
        var above = Complement("rows", below);
        var before = Complement("columns", beyond);
        string[] corners =
        [
            Corner("top_left", table, top, left, above, before),
            Corner("top_right", table, top, right, above, beyond),
            Corner("bottom_left", table, bottom, left, below, before),
            Corner("bottom_right", table, bottom, right, below, beyond),
        ];
        return _graph.Add("positions", "Sum", corners);
    }

    public (string Cos, string Sin) Rotary()
    {
        var frequencies = _graph.Onnx.Constant(VisionRotary.Frequencies(_config), 1, _config.HeadDim / 4);
        var angles = _graph.Add(
            "rotary.angles",
            "Concat",
            [
                _graph.Add("rotary.row_angles", "Mul", [AsColumn("rotary.rows", _rows), frequencies]),
                _graph.Add("rotary.column_angles", "Mul", [AsColumn("rotary.columns", _columns), frequencies]),
            ],
            ("axis", -1));
        return (_graph.Add("rotary.cos", "Cos", [angles]), _graph.Add("rotary.sin", "Sin", [angles]));
    }

    private string Part(string grid, string node, long index) =>
        _graph.Add(node, "Slice", [grid, _graph.Onnx.Constant(index), _graph.Onnx.Constant(index + 1)]);

    private string PerPatch(string node, string count, long[] shape, string blocks)
    {
        var range = _graph.Add(
            node + ".range", "Range", [_graph.Onnx.Scalar(0L), _graph.Add(node + ".count", "Squeeze", [count]), _graph.Onnx.Scalar(1L)]);
        var expanded = _graph.Add(node + ".expanded", "Expand", [_graph.Reshape(node + ".shaped", range, shape), blocks]);
        return _graph.Add(node, "Cast", [_graph.Reshape(node + ".flat", expanded, -1)], ("to", (int)OnnxType.Float));
    }

    /// <summary>Where a patch lies between two learned positions: the one before, the one after, and how far from the first.</summary>
    private (string First, string Second, string Fraction) Between(string axis, string index, string count)
    {
        var last = _graph.Onnx.Scalar((float)(_config.PositionSide - 1));
        var steps = _graph.Add(
            $"positions.{axis}.steps",
            "Max",
            [
                _graph.Add(
                    $"positions.{axis}.intervals",
                    "Sub",
                    [_graph.Add($"positions.{axis}.count", "Cast", [count], ("to", (int)OnnxType.Float)), _graph.Onnx.Scalar(1f)]),
                _graph.Onnx.Scalar(1f),
            ]);
        var place = _graph.Add($"positions.{axis}.place", "Div", [_graph.Add($"positions.{axis}.scaled", "Mul", [index, last]), steps]);
        var first = _graph.Add($"positions.{axis}.first", "Floor", [place]);
        var second = _graph.Add(
            $"positions.{axis}.second", "Min", [_graph.Add($"positions.{axis}.next", "Add", [first, _graph.Onnx.Scalar(1f)]), last]);
        return (first, second, _graph.Add($"positions.{axis}.fraction", "Sub", [place, first]));
    }

    private string Complement(string axis, string fraction) =>
        _graph.Add($"positions.{axis}.rest", "Sub", [_graph.Onnx.Scalar(1f), fraction]);

    private string Corner(string name, string table, string row, string column, string rowWeight, string columnWeight)
    {
        var node = $"positions.{name}";
        var index = _graph.Add(
            node + ".index", "Add", [_graph.Add(node + ".row", "Mul", [row, _graph.Onnx.Scalar((float)_config.PositionSide)]), column]);
        var gathered = _graph.Add(
            node + ".gathered", "Gather", [table, _graph.Add(node + ".index_64", "Cast", [index], ("to", (int)OnnxType.Int64))]);
        var weight = _graph.Add(node + ".weight", "Mul", [rowWeight, columnWeight]);
        return _graph.Add(node, "Mul", [gathered, AsColumn(node + ".weight_column", weight)]);
    }

    private string AsColumn(string node, string values) => _graph.Reshape(node, values, -1, 1);
}
