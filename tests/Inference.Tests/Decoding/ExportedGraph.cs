using Qwen35Batch.Inference.Conversion.Onnx;

namespace Qwen35Batch.Inference.Tests.Decoding;

/// <summary>
/// A decoder with the inputs and outputs of onnxruntime-genai's export of tiny-dense's shape, that computes something simple: every run
/// adds 1 to all states, and every logit is the first convolution state's mean.
/// </summary>
internal static class ExportedGraph
{
    private const int Layers = 4;

    public static void Write(string file)
    {
        var graph = new OnnxGraph("exported");
        graph.Input("inputs_embeds", OnnxType.Float, "batch", "sequence", 64);
        graph.Input("attention_mask", OnnxType.Int64, "batch", "total");
        graph.Input("position_ids", OnnxType.Int64, 3, "batch", "sequence");
        for (var layer = 0; layer < Layers - 1; layer++)
        {
            Count(graph, layer, "conv_state", 128, 3);
            Count(graph, layer, "recurrent_state", 2, 16, 32);
        }

        Count(graph, Layers - 1, "key", 1, "past", 32);
        Count(graph, Layers - 1, "value", 1, "past", 32);
        var mean = graph.Add("mean", "ReduceMean", ["present.0.conv_state", graph.Constant(1L, 2L)], ("keepdims", 1));
        var shape = graph.Add(
            "shape", "Concat", [graph.Add("rows", "Shape", ["position_ids"], ("start", 1)), graph.Constant(2048L)], ("axis", 0));
        graph.Add("logits", "Expand", [mean, shape]);
        graph.Output("logits", OnnxType.Float, "batch", "sequence", 2048);
        graph.Save(file);
    }

    private static void Count(OnnxGraph graph, int layer, string state, params object[] shape)
    {
        var past = graph.Input($"past_key_values.{layer}.{state}", OnnxType.Float, ["batch", .. shape]);
        graph.Add($"present.{layer}.{state}", "Add", [past, graph.Scalar(1f)]);
        graph.Output($"present.{layer}.{state}", OnnxType.Float, ["batch", .. shape]);
    }
}
