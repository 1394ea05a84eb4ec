using Qwen35Batch.Inference.Conversion.Onnx;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion.Layers;

/// <summary>
/// Finds, of some rows of logits, the best that are allowed, and what all that are allowed weigh together. Of operators that run on a
/// device: bits are taken apart by division, and sorted are only rows that its workgroups can hold.
/// </summary>
internal sealed class BestLogitsGraph
{
    private readonly ModelGraph _graph;
    private readonly int _vocabulary;
    private readonly long _count;
    private readonly long _width;

    private BestLogitsGraph(ModelGraph graph)
    {
        _graph = graph;
        _vocabulary = graph.Checkpoint.Config.Text.VocabularySize;
        (_count, _width) = (LogitBlocks.Count(_vocabulary), LogitBlocks.Width(_vocabulary));
        graph.Onnx.Input(GraphNames.Logits, OnnxType.Float, "rows", _vocabulary);
        graph.Onnx.Input(GraphNames.ChosenRows, OnnxType.Int32, "chosen");
        graph.Onnx.Input(GraphNames.Masks, OnnxType.UInt32, "masks", LogitBlocks.MaskLength(_vocabulary));
        graph.Onnx.Input(GraphNames.MaskOfRow, OnnxType.Int32, "chosen");
    }

    public static void Build(ModelGraph graph) => new BestLogitsGraph(graph).Build();

    private void Build()
    {
        var rows = _graph.Add(GraphNames.WholeRows, "Gather", [GraphNames.Logits, GraphNames.ChosenRows]);
        _graph.Onnx.Output(rows, OnnxType.Float, "chosen", _vocabulary);
        var all = _graph.Reshape("blocks_of_all", Filled(rows), -1, _count, _width);
        Give(GraphNames.LogitSum, Sum("all", all));
        var allowed = _graph.Add("allowed", "Gather", [Allowed(), GraphNames.MaskOfRow]);
        var left = _graph.Add("left", "Where", [allowed, all, _graph.Onnx.Scalar(LogitBlocks.NotAllowed)]);
        var maxima = Reduce("maxima", "ReduceMax", left);
        Give(GraphNames.Exponentials, Sum("exponentials_by_block", Exponentials(left, maxima)));

        var (count, taken) = (LogitBlocks.Best(_vocabulary), LogitBlocks.Taken(_vocabulary));

        // A column, as the indexes are used: a device cannot reshape 64-bit numbers.
        var column = _graph.Reshape("maxima_column", maxima, 0, _count, 1);
        var blocks = Best(column, 1, GraphNames.BlockLogits, GraphNames.Blocks, count);
        var kept = _graph.Add("kept", "GatherND", [left, blocks], ("batch_dims", 1));
        Best(kept, 2, GraphNames.BestLogits, GraphNames.Places, taken);
        _graph.Onnx.Output(GraphNames.BlockLogits, OnnxType.Float, "chosen", count, 1);
        _graph.Onnx.Output(GraphNames.Blocks, OnnxType.Int64, "chosen", count, 1);
        _graph.Onnx.Output(GraphNames.BestLogits, OnnxType.Float, "chosen", count, taken);
        _graph.Onnx.Output(GraphNames.Places, OnnxType.Int64, "chosen", count, taken);
    }

    /// <summary>Rows that whole blocks fill.</summary>
    private string Filled(string rows)
    {
        var missing = (_count * _width) - _vocabulary;
        return missing == 0 ? rows : _graph.Add("filled", "Pad", [rows, _graph.Onnx.Constant(0, 0, 0, missing)]);
    }

    /// <summary><c>[masks, blocks, width]</c>: what is allowed, from a bit a token.</summary>
    private string Allowed()
    {
        var words = _graph.Reshape("mask_words", GraphNames.Masks, 0, 0, 1);
        var powers = Enumerable.Range(0, LogitBlocks.MaskBits).Select(bit => 1u << bit).ToArray();
        var two = _graph.Onnx.Constant([2u]);
        var shifted = _graph.Add("mask_shifted", "Div", [words, _graph.Onnx.Constant(powers)]);
        var even = _graph.Add("mask_even", "Mul", [_graph.Add("mask_halved", "Div", [shifted, two]), two]);
        var bits = _graph.Add("mask_bits", "Sub", [shifted, even]);
        var blocks = _graph.Reshape("mask_blocks", bits, -1, _count, _width);
        return _graph.Add("mask", "Cast", [blocks], ("to", (int)OnnxType.Bool));
    }

    private string Exponentials(string left, string maxima)
    {
        var best = _graph.Reshape("best", Reduce("best_of_row", "ReduceMax", maxima), -1, 1, 1);
        return _graph.Add("exponentials_of_tokens", "Exp", [_graph.Add("below_best", "Sub", [left, best])]);
    }

    private string Sum(string node, string blocks) => Reduce(node + ".sum", "ReduceSum", Reduce(node + ".block_sums", "ReduceSum", blocks));

    private string Reduce(string node, string operation, string input) =>
        _graph.Add(node, operation, [input, _graph.Onnx.Constant(-1L)], ("keepdims", 0));

    private void Give(string output, string value)
    {
        _graph.Add(output, "Identity", [value]);
        _graph.Onnx.Output(output, OnnxType.Float, "chosen");
    }

    /// <returns>The indexes.</returns>
    private string Best(string input, int axis, string values, string indexes, int count) => _graph.Onnx.Add(
        values, "TopK", [input, _graph.Onnx.Constant((long)count)], [values, indexes], ("axis", axis))[1];
}
