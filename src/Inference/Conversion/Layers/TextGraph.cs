using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion.Onnx;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion.Layers;

/// <summary>
/// The decoder. One graph for prefill and decode. Tokens are rows <c>[batch * sequence, width]</c>,
/// except where an operator needs to know the sequences.
/// </summary>
internal sealed class TextGraph
{
    private readonly ModelGraph _graph;
    private readonly TextConfig _config;
    private readonly bool _tiedHead;
    private readonly LinearAttentionLayer _linear;
    private readonly FullAttentionLayer _full;
    private readonly FeedForward _feedForward;
    private readonly string _sequences;

    private TextGraph(ModelGraph graph)
    {
        _graph = graph;
        _config = graph.Checkpoint.Config.Text;
        _tiedHead = graph.Checkpoint.Config.TiedHead;
        graph.Onnx.Input(GraphNames.Embeddings, OnnxType.Float, "batch", "sequence", _config.HiddenSize);
        graph.Onnx.Input(GraphNames.AttentionMask, OnnxType.Int64, "batch", "total");
        graph.Onnx.Input(GraphNames.Positions, OnnxType.Int64, 3, "batch", "sequence");
        graph.Onnx.Input(GraphNames.LogitsToKeep, OnnxType.Int64);

        // The shape [batch, sequence, rest], to turn rows back into sequences.
        var shape = graph.Add("batch_and_sequence", "Shape", [GraphNames.Positions], ("start", 1));
        _sequences = graph.Add("sequences", "Concat", [shape, graph.Onnx.Constant(-1)], ("axis", 0));
        _linear = new LinearAttentionLayer(graph, _sequences);
        _full = new FullAttentionLayer(graph, _sequences);
        _feedForward = new FeedForward(graph);
    }

    /// <param name="tiedHead">Where the embedding table is stored, for a model whose head it is.</param>
    public static void Build(ModelGraph graph, ExternalTensor tiedHead) => new TextGraph(graph).Build(tiedHead);

    private void Build(ExternalTensor tiedHead)
    {
        var hidden = _graph.Reshape("embeddings", GraphNames.Embeddings, -1, _config.HiddenSize);
        var branch = "";
        for (var layer = 0; layer < _config.Layers.Count; layer++)
        {
            var prefix = CheckpointLayout.Layer(layer);
            (var normed, hidden) = AddAndNorm($"layers.{layer}.input_norm", hidden, branch, prefix + "input_layernorm.weight");
            branch = _config.Layers[layer] == LayerKind.Linear ? _linear.Build(layer, normed) : _full.Build(layer, normed);
            (normed, hidden) = AddAndNorm($"layers.{layer}.feed_forward_norm", hidden, branch, prefix + "post_attention_layernorm.weight");
            branch = _feedForward.Build(layer, normed);
        }

        var (last, _) = AddAndNorm("norm", hidden, branch, "model.language_model.norm.weight");
        BuildHead(last, tiedHead);
    }

    /// <summary>Adds a branch to the residual stream and normalises the sum. Stored weights are what 1 is added to.</summary>
    private (string Normed, string Sum) AddAndNorm(string node, string hidden, string branch, string tensor)
    {
        var weight = _graph.Onnx.Constant(Norms.AddOne(_graph.Values(tensor, _config.HiddenSize)));
        if (branch.Length == 0)
        {
            return (_graph.Operators.RootNorm(node, hidden, weight, _config.NormEpsilon), hidden);
        }

        return _graph.Operators.AddAndNorm(node, hidden, branch, weight, _config.NormEpsilon);
    }

    /// <summary>Logits of the last <c>num_logits_to_keep</c> tokens of each sequence.</summary>
    private void BuildHead(string rows, ExternalTensor tiedHead)
    {
        var all = _graph.Add("head.sequences", "Reshape", [rows, _sequences]);
        var length = _graph.Add("head.length", "Shape", [GraphNames.Positions], ("start", 2));
        var keep = _graph.Reshape("head.keep", GraphNames.LogitsToKeep, 1);
        var first = _graph.Add("head.first", "Sub", [length, keep]);
        var kept = _graph.Add("head.kept", "Slice", [all, first, length, _graph.Onnx.Constant(1L)]);
        var flat = _graph.Reshape("head.rows", kept, -1, _config.HiddenSize);
        var logits = Project(flat, tiedHead);
        var batch = _graph.Add("head.batch", "Shape", [GraphNames.Positions], ("start", 1), ("end", 2));
        var target = _graph.Add("head.shape", "Concat", [batch, keep, _graph.Onnx.Constant(_config.VocabularySize)], ("axis", 0));

        // allowzero: no logits are wanted of a chunk that is not a prompt's last, and then 0 means 0.
        _graph.Add(GraphNames.Logits, "Reshape", [logits, target], ("allowzero", 1));
        _graph.Onnx.Output(GraphNames.Logits, OnnxType.Float, "batch", "kept", _config.VocabularySize);
    }

    /// <summary>A tied head in rows of 32-bit floats is the embedding table itself; any other is a copy of it.</summary>
    private string Project(string rows, ExternalTensor tiedHead)
    {
        long[] shape = [_config.VocabularySize, _config.HiddenSize];
        return _tiedHead && _graph.IsExact
            ? ModelGraph.ExactProduct(
                _graph.Onnx, "head", rows, _graph.Onnx.External(CheckpointLayout.EmbeddingName, OnnxType.Float, shape, tiedHead))
            : _graph.Linear(
                "head",
                rows,
                WeightRows.Of(_graph.Checkpoint.Tensor(_tiedHead ? CheckpointLayout.EmbeddingName : CheckpointLayout.HeadName, shape)));
    }
}
