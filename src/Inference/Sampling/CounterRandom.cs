namespace Qwen35Batch.Inference.Sampling;

/// <summary>Random numbers by position: no state to keep, so requests that share a batch cannot disturb one another.</summary>
internal static class CounterRandom
{
    /// <summary>The number at a position of a seed's sequence, from 0 inclusive to 1 exclusive.</summary>
    public static double Unit(long seed, int position)
    {
        var bits = Mix(Mix((ulong)seed + 0x9E37_79B9_7F4A_7C15) + ((ulong)position * 0xD1B5_4A32_D192_ED03));
        return (bits >> 11) * (1.0 / (1UL << 53));
    }

    // The finaliser of SplitMix64: every bit of the input changes half of the output's.
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }
}
