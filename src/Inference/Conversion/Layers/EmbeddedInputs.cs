using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion.Onnx;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion.Layers;

/// <summary>Embeddings of another graph, a mask as long as the longest sequence, and logits of each sequence's last tokens.</summary>
internal sealed class EmbeddedInputs : IStepInputs
{
    private readonly ModelGraph _graph;
    private readonly TextConfig _config;

    public EmbeddedInputs(ModelGraph graph)
    {
        _graph = graph;
        _config = graph.Checkpoint.Config.Text;
        graph.Onnx.Input(GraphNames.Embeddings, OnnxType.Float, "batch", "sequence", _config.HiddenSize);
        graph.Onnx.Input(GraphNames.AttentionMask, OnnxType.Int64, "batch", "total");
        graph.Onnx.Input(GraphNames.Positions, OnnxType.Int64, 3, "batch", "sequence");
        graph.Onnx.Input(GraphNames.LogitsToKeep, OnnxType.Int64);
        var shape = graph.Add("batch_and_sequence", "Shape", [GraphNames.Positions], ("start", 1));
        SequenceShape = graph.Add("sequences", "Concat", [shape, graph.Onnx.Constant(-1)], ("axis", 0));
    }

    public string SequenceShape { get; }

    public string Embeddings() => _graph.Reshape("embeddings", GraphNames.Embeddings, -1, _config.HiddenSize);

    public string Wanted(string rows)
    {
        var all = _graph.Add("head.sequences", "Reshape", [rows, SequenceShape]);
        var length = _graph.Add("head.length", "Shape", [GraphNames.Positions], ("start", 2));
        var first = _graph.Add("head.first", "Sub", [length, _graph.Reshape("head.keep", GraphNames.LogitsToKeep, 1)]);
        var kept = _graph.Add("head.kept", "Slice", [all, first, length, _graph.Onnx.Constant(1L)]);
        return _graph.Reshape("head.rows", kept, -1, _config.HiddenSize);
    }

    public void Output(string logits)
    {
        var batch = _graph.Add("head.batch", "Shape", [GraphNames.Positions], ("start", 1), ("end", 2));
        var target = _graph.Add("head.shape", "Concat", [batch, "head.keep", _graph.Onnx.Constant(_config.VocabularySize)], ("axis", 0));

        // allowzero: no logits are wanted of a chunk that is not a prompt's last, and then 0 means 0.
        _graph.Add(GraphNames.Logits, "Reshape", [logits, target], ("allowzero", 1));
        _graph.Onnx.Output(GraphNames.Logits, OnnxType.Float, "batch", "kept", _config.VocabularySize);
    }
}
