namespace Qwen35Batch.Inference.Checkpoints;

/// <summary>
/// The random values of one tensor, in the ranges that training starts from. An own generator (SplitMix64), so that they never change.
/// </summary>
internal sealed class RandomWeights
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private readonly Kind _kind;
    private readonly float _spread;
    private readonly ulong _first;

    /// <param name="tensor">The tensor's name.</param>
    /// <param name="seed">Another seed gives other values.</param>
    /// <param name="standardDeviation">How far matrices spread; by default what training starts from.</param>
    public RandomWeights(string tensor, int seed, float standardDeviation = 0.02f)
    {
        _spread = standardDeviation;
        _kind = KindOf(tensor);
        _first = (ulong)(uint)seed;
        foreach (var letter in tensor)
        {
            _first = (_first ^ letter) * 0x100000001B3;
        }
    }

    private enum Kind
    {
        /// <summary>Around 0: matrices, biases, and norms that 1 is added to.</summary>
        Zero,

        /// <summary>Around 1: norms that are used as they are.</summary>
        One,

        /// <summary>The logarithm of how fast a head forgets.</summary>
        DecayRate,

        /// <summary>A time step before the softplus.</summary>
        TimeStep,
    }

    /// <summary>Draws the values from element <paramref name="start"/> on.</summary>
    public void Fill(long start, Span<float> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            // A number for each element.
            var bits = Mix(_first + ((ulong)(start + i + 1) * Step));
            values[i] = _kind switch
            {
                Kind.One => 1 + (_spread * Normal(bits)),
                Kind.DecayRate => MathF.Log(1 + (15 * Uniform(bits))),
                Kind.TimeStep => InverseSoftplus(MathF.Exp(MathF.Log(0.001f) + (Uniform(bits) * MathF.Log(100)))),
                _ => _spread * Normal(bits),
            };
        }
    }

    private static Kind KindOf(string tensor)
    {
        var plainNorm = tensor.EndsWith("linear_attn.norm.weight", StringComparison.Ordinal)
            || (tensor.StartsWith(CheckpointLayout.VisionPrefix, StringComparison.Ordinal)
                && tensor.Contains("norm", StringComparison.Ordinal)
                && tensor.EndsWith(".weight", StringComparison.Ordinal));
        return plainNorm ? Kind.One
            : tensor.EndsWith(".A_log", StringComparison.Ordinal) ? Kind.DecayRate
            : tensor.EndsWith(".dt_bias", StringComparison.Ordinal) ? Kind.TimeStep
            : Kind.Zero;
    }

    private static float InverseSoftplus(float value) => value + MathF.Log(-MathF.Exp(-value) + 1);

    /// <summary>
    /// Nearly normal: the sum of four uniform numbers has a variance of 1/3. Faster than an exact one, and there are billions to draw.
    /// </summary>
    private static float Normal(ulong bits)
    {
        var sum = (bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48);
        return ((sum / 65536f) - 2) * 1.7320508f;
    }

    private static float Uniform(ulong bits) => (bits >> 40) / 16777216f;

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
