namespace Qwen35Batch.Inference.Conversion.Layers;

/// <summary>How the checkpoint stores the weights of norms.</summary>
internal static class Norms
{
    /// <summary>The decoder's norms multiply by 1 + weight (but for the gated norm of linear attention).</summary>
    public static float[] AddOne(float[] weights) => Array.ConvertAll(weights, weight => 1 + weight);
}
