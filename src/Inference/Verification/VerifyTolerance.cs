using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Verification;

/// <summary>
/// How far a model may be from the reference. A model in 32-bit floats must give its logits and its greedy tokens. Another one cannot: its
/// distribution of the next token must stay close, and it must often choose the reference's token when it is led along the reference's
/// answer. The limits tell a working model from a broken one, also with small random weights, whose rounding errors weigh most; they say
/// nothing about quality.
/// </summary>
/// <param name="LogitDifference">Of a single logit; null when logits are judged by their divergence.</param>
/// <param name="Divergence">Mean Kullback-Leibler divergence of the next token's distribution from the reference's, in nats.</param>
/// <param name="Agreement">Share of greedy tokens that are the reference's, over tokens where the reference is clear.</param>
internal sealed record VerifyTolerance(float? LogitDifference, double Divergence, double Agreement)
{
    private const float Exact = 2e-3f;
    private const float ExactEmbeddings = 1e-3f;
    private const float HalfEmbeddings = 0.05f;

    /// <summary>Of a value of a picture's embedding: the vision tower is in 32-bit floats, but for a GPU in 16 bits.</summary>
    public float EmbeddingDifference { get; init; } = ExactEmbeddings;

    public static VerifyTolerance For(ModelPrecision? precision, GraphKind? graph) => precision switch
    {
        ModelPrecision.Fp16 => Lossy(0.005, 0.9, graph),
        ModelPrecision.Int8 => Lossy(0.15, 0.6, graph),
        ModelPrecision.Int4 => Lossy(0.6, 0.1, graph),
        _ => new VerifyTolerance(Exact, double.PositiveInfinity, 1),
    };

    private static VerifyTolerance Lossy(double divergence, double agreement, GraphKind? graph) => new(null, divergence, agreement)
    {
        EmbeddingDifference = graph == GraphKind.Gpu ? HalfEmbeddings : ExactEmbeddings,
    };
}
