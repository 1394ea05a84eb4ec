using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion.Onnx;

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
    private readonly IStepInputs _inputs;
    private readonly ExternalTensor _table;

    private TextGraph(ModelGraph graph, ExternalTensor table)
    {
        (_graph, _table) = (graph, table);
        _config = graph.Checkpoint.Config.Text;
        _tiedHead = graph.Checkpoint.Config.TiedHead;
        _inputs = graph.IsForGpu ? new TokenInputs(graph, table) : new EmbeddedInputs(graph);
        _linear = new LinearAttentionLayer(graph, _inputs.SequenceShape);
        _full = new FullAttentionLayer(graph, _inputs.SequenceShape);
        _feedForward = new FeedForward(graph);
    }

    /// <param name="table">Where the embedding table is stored, for a model whose head it is, or which is fed token ids.</param>
    public static void Build(ModelGraph graph, ExternalTensor table) => new TextGraph(graph, table).Build();

    private void Build()
    {
        var hidden = _inputs.Embeddings();
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
        _inputs.Output(Project(_inputs.Wanted(last)));
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

    /// <summary>A tied head in rows of 32-bit floats is the embedding table itself; any other is a copy of it.</summary>
    private string Project(string rows)
    {
        long[] shape = [_config.VocabularySize, _config.HiddenSize];
        return _tiedHead && _graph.IsExact
            ? ModelGraph.ExactProduct(_graph.Onnx, "head", rows, Table(shape))
            : _graph.Linear(
                "head",
                rows,
                WeightRows.Of(_graph.Checkpoint.Tensor(_tiedHead ? CheckpointLayout.EmbeddingName : CheckpointLayout.HeadName, shape)));
    }

    /// <summary>The table that is in the graph already, where its embeddings are taken from it.</summary>
    private string Table(long[] shape) => _graph.IsForGpu
        ? CheckpointLayout.EmbeddingName
        : _graph.Onnx.External(CheckpointLayout.EmbeddingName, OnnxType.Float, shape, _table);
}
