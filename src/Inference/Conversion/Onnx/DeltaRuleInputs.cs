namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>What the gated delta rule takes, all of it sequences.</summary>
/// <param name="QueriesAndKeys">Key heads of queries, then of keys; not normalised.</param>
/// <param name="Values">Value heads.</param>
/// <param name="Decay">One number a value head, before the softplus.</param>
/// <param name="Beta">One number a value head, before the sigmoid.</param>
/// <param name="DecayBias">A constant that is added to the former.</param>
/// <param name="DecayScale">A constant that its softplus is multiplied by: negative.</param>
internal sealed record DeltaRuleInputs(string QueriesAndKeys, string Values, string Decay, string Beta, string DecayBias, string DecayScale)
{
    /// <summary>Under the square root of the L2 norm of queries and keys.</summary>
    public const float NormEpsilon = 1e-6f;
}
