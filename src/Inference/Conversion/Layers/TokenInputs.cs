using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion.Onnx;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion.Layers;

/// <summary>
/// Token ids, for a graph on a GPU: nothing that it is fed or gives grows with the context, and no shape is computed in the step.
/// </summary>
internal sealed class TokenInputs : IStepInputs
{
    private readonly ModelGraph _graph;
    private readonly TextConfig _config;
    private readonly ExternalTensor _table;

    /// <param name="table">Where the embedding table is stored.</param>
    public TokenInputs(ModelGraph graph, ExternalTensor table)
    {
        (_graph, _config, _table) = (graph, graph.Checkpoint.Config.Text, table);
        graph.Onnx.Input(GraphNames.InputIds, OnnxType.Int32, "rows");
        graph.Onnx.Input(GraphNames.ImageFeatures, OnnxType.Float, "features", _config.HiddenSize);
        graph.Onnx.Input(GraphNames.RowOrder, OnnxType.Int32, "rows");
        graph.Onnx.Input(GraphNames.SequenceShape, OnnxType.Int64, 3);
        graph.Onnx.Input(GraphNames.Positions, OnnxType.Int64, 3, "batch", "sequence");
        graph.Onnx.Input(GraphNames.LastIndexes, OnnxType.Int32, "batch");
        graph.Onnx.Input(GraphNames.LongestLength, OnnxType.Int32);
        graph.Onnx.Input(GraphNames.LogitRows, OnnxType.Int32, "wanted");
    }

    public string SequenceShape => GraphNames.SequenceShape;

    /// <summary>The rows of pictures stand behind those of all tokens, and are put in their places by the order.</summary>
    public string Embeddings()
    {
        var table = _graph.Onnx.External(
            CheckpointLayout.EmbeddingName, OnnxType.Float, [_config.VocabularySize, _config.HiddenSize], _table);
        var tokens = _graph.Add("embeddings.tokens", "Gather", [table, GraphNames.InputIds]);
        var all = _graph.Add("embeddings.all", "Concat", [tokens, GraphNames.ImageFeatures], ("axis", 0));
        return _graph.Add("embeddings", "Gather", [all, GraphNames.RowOrder]);
    }

    public string Wanted(string rows) => _graph.Add("head.rows", "Gather", [rows, GraphNames.LogitRows]);

    public void Output(string logits)
    {
        _graph.Add(GraphNames.Logits, "Identity", [logits]);
        _graph.Onnx.Output(GraphNames.Logits, OnnxType.Float, "wanted", _config.VocabularySize);
    }
}
