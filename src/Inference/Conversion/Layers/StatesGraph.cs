using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion.Onnx;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion.Layers;

/// <summary>
/// Copies the states of one sequence from a row of some tensors into a row of others, of caches the first tokens only. The targets are
/// inputs, too, so that the rows beside stay what they are: each may be the same memory before and after. The copy of a row reads it before
/// it writes, so that source and target may also be the same memory.
/// </summary>
internal sealed class StatesGraph
{
    private readonly ModelGraph _graph;
    private readonly TextConfig _config;

    private StatesGraph(ModelGraph graph)
    {
        _graph = graph;
        _config = graph.Checkpoint.Config.Text;
        graph.Onnx.Input(GraphNames.SourceStart, OnnxType.Int64, 1);
        graph.Onnx.Input(GraphNames.SourceEnd, OnnxType.Int64, 1);
        graph.Onnx.Input(GraphNames.PieceStart, OnnxType.Int64, 2);
        graph.Onnx.Input(GraphNames.PieceEnd, OnnxType.Int64, 2);
        graph.Onnx.Input(GraphNames.PieceShape, OnnxType.Int64, 4);
        graph.Onnx.Input(GraphNames.TargetRow, OnnxType.Int32, 1);
    }

    public static void Build(ModelGraph graph) => new StatesGraph(graph).Build();

    private void Build()
    {
        long[] conv = [1, _config.ConvKernel - 1, _config.ConvWidth];
        long[] recurrent = [1, _config.LinearValueHeads, _config.LinearKeyDim, _config.LinearValueDim];
        var rows = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var layer = 0; layer < _config.Layers.Count; layer++)
        {
            if (_config.Layers[layer] == LayerKind.Full)
            {
                Move(GraphNames.Past(layer, "key"), null, Row("cache", null));
                Move(GraphNames.Past(layer, "value"), null, Row("cache", null));
            }
            else
            {
                Move(GraphNames.Past(layer, "conv_state"), conv, Row("conv", conv));
                Move(GraphNames.Past(layer, "recurrent_state"), recurrent, Row("recurrent", recurrent));
            }
        }

        // The row's index for every value that is written; states of one shape share it.
        string Row(string kind, long[]? shape)
        {
            if (!rows.TryGetValue(kind, out var row))
            {
                var rank = shape?.Length ?? 4;
                var one = _graph.Reshape(kind + "_row", GraphNames.TargetRow, [.. Enumerable.Repeat(1L, rank)]);
                row = _graph.Add(
                    kind + "_rows", "Expand", [one, shape is null ? GraphNames.PieceShape : _graph.Onnx.Constant(shape)]);
                rows.Add(kind, row);
            }

            return row;
        }
    }

    /// <param name="shape">Of one row; null for a cache.</param>
    private void Move(string state, long[]? shape, string rows)
    {
        object[] dims = shape is null
            ? ["rows", _config.KeyValueHeads, "capacity", _config.HeadDim]
            : ["rows", .. shape.Skip(1).Cast<object>()];
        var source = _graph.Onnx.Input(GraphNames.SourceOf(state), OnnxType.Float, Dims("source"));
        var target = _graph.Onnx.Input(GraphNames.TargetOf(state), OnnxType.Float, Dims("target"));
        var piece = _graph.Add(
            state + ".piece",
            "Slice",
            shape is null
                ? [source, GraphNames.PieceStart, GraphNames.PieceEnd, _graph.Onnx.Constant(0, 2)]
                : [source, GraphNames.SourceStart, GraphNames.SourceEnd, _graph.Onnx.Constant(0L)]);
        var moved = _graph.Add(GraphNames.MovedOf(state), "ScatterElements", [target, rows, piece], ("axis", 0));
        _graph.Onnx.Output(moved, OnnxType.Float, Dims("target"));

        object[] Dims(string side) => [.. dims.Select(dim => dim is string name ? $"{side}_{name}" : dim)];
    }
}
