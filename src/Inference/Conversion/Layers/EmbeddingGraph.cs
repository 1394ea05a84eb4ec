using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion.Onnx;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion.Layers;

/// <summary>
/// Token ids to embeddings. The rows of <c>image_features</c> take the place of the picture and video tokens in their order; with
/// no rows every token gets its own embedding.
/// </summary>
internal static class EmbeddingGraph
{
    /// <returns>Where the table is.</returns>
    public static ExternalTensor Build(ModelGraph graph, ExternalDataFile data)
    {
        var config = graph.Checkpoint.Config;
        var text = config.Text;
        graph.Onnx.Input(GraphNames.InputIds, OnnxType.Int64, "batch", "sequence");
        graph.Onnx.Input(GraphNames.ImageFeatures, OnnxType.Float, "features", text.HiddenSize);

        long[] shape = [text.VocabularySize, text.HiddenSize];
        var table = data.Write(WeightRows.Of(graph.Checkpoint.Tensor(CheckpointLayout.EmbeddingName, shape)));
        var weight = graph.Onnx.External(CheckpointLayout.EmbeddingName, OnnxType.Float, shape, table);
        var embeddings = graph.Add("embeddings", "Gather", [weight, GraphNames.InputIds]);

        var isImage = graph.Add("is_image", "Equal", [GraphNames.InputIds, graph.Onnx.Scalar((long)config.ImageTokenId)]);
        var isVideo = graph.Add("is_video", "Equal", [GraphNames.InputIds, graph.Onnx.Scalar((long)config.VideoTokenId)]);
        var media = graph.Add("media", "Or", [isImage, isVideo]);
        var places = graph.Add("places", "Transpose", [graph.Add("places_by_axis", "NonZero", [media])]);
        var count = graph.Add("count", "Shape", [GraphNames.ImageFeatures], ("end", 1));
        var filled = graph.Add("filled", "Slice", [places, graph.Onnx.Constant(0L), count, graph.Onnx.Constant(0L)]);
        graph.Add(GraphNames.Embeddings, "ScatterND", [embeddings, filled, GraphNames.ImageFeatures]);
        graph.Onnx.Output(GraphNames.Embeddings, OnnxType.Float, "batch", "sequence", text.HiddenSize);
        return table;
    }
}
