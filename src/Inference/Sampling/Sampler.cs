using System.Diagnostics;

namespace Qwen35Batch.Inference.Sampling;

/// <summary>
/// Chooses the next token from a row of logits. The order is that of Hugging Face and vLLM: allowed tokens, presence penalty, temperature,
/// top-k, top-p, min-p. One instance serves any number of requests, one call at a time; what it chooses depends on its arguments only.
/// </summary>
/// <param name="vocabularySize">The length of a row of logits.</param>
internal sealed class Sampler(int vocabularySize)
{
    private readonly int[] _ids = new int[vocabularySize];
    private readonly ulong[] _ranked = new ulong[vocabularySize];
    private readonly double[] _weights = new double[vocabularySize];
    private readonly ulong[] _present = new ulong[(vocabularySize + 63) / 64];

    /// <summary>Chooses a token.</summary>
    /// <param name="logits">One row, of the vocabulary's size; the penalty is applied in place.</param>
    /// <param name="mask">Bit <c>id % 64</c> of element <c>id / 64</c> is set where the token is allowed; empty allows all.</param>
    /// <param name="settings">How to choose.</param>
    /// <param name="generated">The answer's tokens so far; their number also picks the random number.</param>
    /// <exception cref="ModelOutputException">A logit is NaN or infinite.</exception>
    /// <exception cref="ArgumentException">The mask allows nothing, or a length does not fit the vocabulary.</exception>
    public int Next(Span<float> logits, ReadOnlySpan<ulong> mask, SamplingSettings settings, ReadOnlySpan<int> generated)
    {
        CheckLengths(logits, mask);
        if (settings.PresencePenalty != 0)
            Penalise(logits, settings.PresencePenalty, generated);
        return Choose(logits, mask, settings, generated, Best(logits, mask));
    }

    /// <summary>Chooses the same token, and says how sure the model was of it.</summary>
    /// <inheritdoc cref="Next"/>
    public SampledToken NextMeasured(
        Span<float> logits, ReadOnlySpan<ulong> mask, SamplingSettings settings, ReadOnlySpan<int> generated)
    {
        CheckLengths(logits, mask);
        var shares = ShareScan.Of(logits, mask);
        var best = Usable(shares.Best, shares.Logit, shares.AllFinite);
        var (token, penalty, share) = (best.Id, settings.PresencePenalty, 1 / (1 + shares.Others));
        if (penalty != 0)
            Penalise(logits, penalty, generated);
        if (penalty != 0 || settings.Temperature > 0)
            token = Choose(logits, mask, settings, generated, penalty == 0 ? best : Best(logits, mask));
        if (token == best.Id)
            return new(token, share, best.Logit - shares.Second, shares.Allowed);
        var below = best.Logit - (logits[token] + (penalty != 0 && generated.Contains(token) ? penalty : 0));
        return new(token, Math.Max(Math.Exp(-below) * share, double.Epsilon), -below, shares.Allowed);
    }

    private void CheckLengths(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> mask)
    {
        if (logits.Length != vocabularySize)
            throw new ArgumentException($"A row of logits has {vocabularySize} elements, not {logits.Length}.", nameof(logits));
        if (!mask.IsEmpty && mask.Length < _present.Length)
            throw new ArgumentException($"A mask has at least {_present.Length} elements, not {mask.Length}.", nameof(mask));
    }

    private static (int Id, float Logit) Best(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> mask)
    {
        var (best, logit, allFinite) = LogitScan.Best(logits, mask);
        return Usable(best, logit, allFinite);
    }

    private static (int Id, float Logit) Usable(int best, float logit, bool allFinite)
    {
        if (!allFinite)
            throw ModelOutputException.NotFinite();
        return best >= 0 ? (best, logit) : throw new ArgumentException("The mask allows no token.");
    }

    private int Choose(
        ReadOnlySpan<float> logits, ReadOnlySpan<ulong> mask, SamplingSettings settings, ReadOnlySpan<int> generated,
        (int Id, float Logit) best)
    {
        if (settings.Temperature <= 0 || settings.TopK == 1)
            return best.Id;

        var scale = 1f / settings.Temperature;
        var chance = CounterRandom.Unit(settings.Seed, generated.Length);
        var count = settings.TopK <= 0 && settings.TopP >= 1
            ? LogitScan.Collect(logits, mask, float.NegativeInfinity, _ids)
            : CollectLikeliest(logits, mask, settings, best.Logit, scale);
        return Draw(logits, count, settings, best.Logit, scale, chance);
    }

    private void Penalise(Span<float> logits, float penalty, ReadOnlySpan<int> generated)
    {
        foreach (var id in generated)
        {
            if (LogitScan.IsAllowed(_present, id))
                continue;
            _present[id >> 6] |= 1UL << (id & 63);
            logits[id] -= penalty;
        }
        foreach (var id in generated)
            _present[id >> 6] = 0;
    }

    /// <summary>
    /// Leaves the tokens that pass top-k and top-p in <see cref="_ids"/>, likeliest first, the lower id first among equals.
    /// </summary>
    private int CollectLikeliest(
        ReadOnlySpan<float> logits, ReadOnlySpan<ulong> mask, SamplingSettings settings, float largest, float scale)
    {
        var total = settings.TopK > 0 ? 0 : LogitScan.SumExp(logits, mask, largest, scale);

        // Only tokens close to the best one are sorted: the distance doubles until they are enough.
        for (var distance = 2f; ; distance *= 2)
        {
            var isAll = distance > 1024;
            var least = isAll ? float.NegativeInfinity : largest - (distance * settings.Temperature);
            var count = LogitScan.Collect(logits, mask, least, _ids);
            if (!isAll && count < settings.TopK)
                continue;
            var mass = settings.TopK > 0 ? 0 : Mass(logits, count, largest, scale);
            if (!isAll && settings.TopK <= 0 && mass < settings.TopP * total)
                continue;
            Rank(logits, count);
            if (settings.TopK > 0)
            {
                count = Math.Min(count, settings.TopK);
                total = Mass(logits, count, largest, scale);
            }
            return settings.TopP < 1 ? CutMass(logits, count, settings.TopP * total, largest, scale) : count;
        }
    }

    private double Mass(ReadOnlySpan<float> logits, int count, float largest, float scale)
    {
        var mass = 0d;
        foreach (var id in _ids.AsSpan(0, count))
            mass += Math.Exp((logits[id] - largest) * scale);
        return mass;
    }

    /// <summary>How many of the likeliest tokens reach the mass together; at least one.</summary>
    private int CutMass(ReadOnlySpan<float> logits, int count, double mass, float largest, float scale)
    {
        var sum = 0d;
        for (var i = 0; i < count; i++)
        {
            sum += Math.Exp((logits[_ids[i]] - largest) * scale);
            if (sum >= mass)
                return i + 1;
        }
        return count;
    }

    private void Rank(ReadOnlySpan<float> logits, int count)
    {
        // As unsigned keys: the larger logit first, then the lower id.
        for (var i = 0; i < count; i++)
        {
            var bits = BitConverter.SingleToUInt32Bits(logits[_ids[i]] + 0f);
            var ascending = (bits & 0x8000_0000) != 0 ? ~bits : bits | 0x8000_0000;
            _ranked[i] = ((ulong)~ascending << 32) | (uint)_ids[i];
        }
        _ranked.AsSpan(0, count).Sort();
        for (var i = 0; i < count; i++)
            _ids[i] = (int)(uint)_ranked[i];
    }

    private int Draw(ReadOnlySpan<float> logits, int count, SamplingSettings settings, float largest, float scale, double chance)
    {
        var sum = 0d;
        for (var i = 0; i < count; i++)
        {
            // Relative to the likeliest token, whose weight is 1.
            var weight = Math.Exp((logits[_ids[i]] - largest) * scale);
            sum += weight >= settings.MinP ? weight : 0;
            _weights[i] = sum;
        }
        var threshold = chance * sum;
        for (var i = 0; i < count; i++)
        {
            if (_weights[i] > threshold)
                return _ids[i];
        }

        throw new UnreachableException("The likeliest token has a weight of 1.");
    }
}
