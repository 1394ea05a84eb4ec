namespace Qwen35Batch.Inference.Conversion;

/// <summary>Normalisations.</summary>
internal static class Norms
{
    /// <summary>Root mean square over the last axis.</summary>
    public static string Root(ModelGraph graph, string node, string input, string weight, float epsilon) =>
        graph.Add(node, "SimplifiedLayerNormalization", [input, weight], ("axis", -1), ("epsilon", epsilon), ("stash_type", 1));

    /// <summary>The decoder's norms multiply by 1 + weight (but for the gated norm of linear attention).</summary>
    public static float[] AddOne(float[] weights) => Array.ConvertAll(weights, weight => 1 + weight);
}
