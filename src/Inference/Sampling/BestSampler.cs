using Qwen35Batch.Inference.Decoding;

namespace Qwen35Batch.Inference.Sampling;

/// <summary>
/// Chooses what <see cref="Sampler"/> chooses of a whole row, from its best logits, or says that they do not hold enough: it never guesses.
/// One call at a time.
/// </summary>
/// <param name="vocabularySize">The length of a row of logits.</param>
internal sealed class BestSampler(int vocabularySize)
{
    /// <summary>A sum that the device computed in 32 bits is trusted so far.</summary>
    private const double Rounding = 1e-5;

    private readonly ulong[] _present = new ulong[(vocabularySize + 63) / 64];
    private readonly List<Candidate> _candidates = [];

    /// <summary>Chooses a token, and says how sure the model was of it.</summary>
    /// <param name="row">What is known of the row.</param>
    /// <param name="settings">How to choose.</param>
    /// <param name="generated">The answer's tokens so far.</param>
    /// <returns>Null when the choice depends on logits that are not there.</returns>
    /// <exception cref="ModelOutputException">A logit is NaN or infinite.</exception>
    /// <exception cref="ArgumentException">Nothing is allowed.</exception>
    public SampledToken? Next(BestLogits row, SamplingSettings settings, ReadOnlySpan<int> generated)
    {
        if (!row.IsFinite) throw ModelOutputException.NotFinite();
        if (row.Allowed == 0) throw new ArgumentException("The mask allows no token.");

        // Where tokens gain, one that is not there may come before all that are.
        if (row.Ids.IsEmpty || (settings.PresencePenalty < 0 && !row.IsAll)) return null;
        Collect(row, settings.PresencePenalty, generated);
        if (_candidates.Count == 0) return null;
        var chosen = settings.Temperature <= 0 || settings.TopK == 1 ? _candidates.Min() : Draw(row, settings, generated.Length);
        return chosen is { } token ? Measure(row, token) : null;
    }

    /// <summary>Leaves the tokens that come before all that are not there, with the penalty taken off.</summary>
    private void Collect(BestLogits row, float penalty, ReadOnlySpan<int> generated)
    {
        _candidates.Clear();
        Mark(penalty == 0 ? [] : generated, true);
        for (var i = 0; i < row.Ids.Length; i++)
        {
            var (id, raw) = (row.Ids[i], row.Logits[i]);
            var logit = LogitScan.IsAllowed(_present, id) && penalty != 0 ? raw - penalty : raw;
            if (row.IsAll || logit > row.Floor) _candidates.Add(new Candidate(id, logit, raw));
        }

        Mark(penalty == 0 ? [] : generated, false);
    }

    private void Mark(ReadOnlySpan<int> ids, bool isPresent)
    {
        foreach (var id in ids)
        {
            _present[id >> 6] = isPresent ? _present[id >> 6] | (1UL << (id & 63)) : 0;
        }
    }

    private Candidate? Draw(BestLogits row, SamplingSettings settings, int generated)
    {
        var scale = 1f / settings.Temperature;
        var isWhole = _candidates.Count == row.Allowed;
        if (settings.TopK <= 0 && settings.TopP >= 1)
        {
            // In the order of their ids, as a whole row is drawn from: those without a share may be missing.
            var best = _candidates.Min().Logit;
            if (!isWhole && !(Math.Exp((row.Floor - best) * scale) < settings.MinP)) return null;
            _candidates.Sort((one, other) => one.Id.CompareTo(other.Id));
            return Draw(_candidates.Count, settings, best, scale, generated);
        }

        _candidates.Sort();
        if (settings.TopK > _candidates.Count && !isWhole) return null;
        var (count, largest) = (_candidates.Count, _candidates[0].Logit);
        if (settings.TopK > 0) count = Math.Min(count, settings.TopK);
        if (settings.TopP < 1)
        {
            var mass = 0d;
            for (var i = 0; i < count; i++)
            {
                mass += Math.Exp((_candidates[i].Logit - largest) * scale);
            }

            // Of the best few the mass is known as a whole row tells it, of others between these.
            var (least, most) = settings.TopK > 0
                ? (mass, mass)
                : (mass * (1 - Rounding), (mass * (1 + Rounding)) + (isWhole ? 0 : MostMissing(row, largest, scale)));
            var (fewest, cut) = (Cut(count, settings.TopP * least, scale), Cut(count, settings.TopP * most, scale));
            if (fewest != cut || (cut > count && !isWhole && settings.TopK <= 0)) return null;
            count = Math.Min(cut, count);
        }

        return Draw(count, settings, largest, scale, generated);
    }

    /// <summary>
    /// What the tokens that are not there weigh together at most: none has a logit above the floor, and what they weigh without penalty and
    /// temperature is known.
    /// </summary>
    private double MostMissing(BestLogits row, float largest, float scale)
    {
        var raw = row.Logits[0];
        foreach (var logit in row.Logits)
        {
            raw = Math.Max(raw, logit);
        }

        var rest = row.Sum * (1 + Rounding);
        foreach (var candidate in _candidates)
        {
            rest -= Math.Exp(candidate.Raw - raw);
        }

        var (others, floor) = (row.Allowed - _candidates.Count, (double)row.Floor - largest);
        var weight = Math.Max(rest, 0) * Math.Exp((double)raw - largest);
        return Math.Min(
            others * Math.Exp(floor * scale),
            scale >= 1 ? weight * Math.Exp(floor * (scale - 1)) : Math.Pow(others, 1 - scale) * Math.Pow(weight, scale));
    }

    /// <summary>How many of the likeliest reach the mass together; one more than there are when all do not.</summary>
    private int Cut(int count, double mass, float scale)
    {
        var sum = 0d;
        for (var i = 0; i < count; i++)
        {
            sum += Math.Exp((_candidates[i].Logit - _candidates[0].Logit) * scale);
            if (sum >= mass) return i + 1;
        }

        return count + 1;
    }

    private Candidate Draw(int count, SamplingSettings settings, float largest, float scale, int generated)
    {
        var sum = 0d;
        var sums = new double[count];
        for (var i = 0; i < count; i++)
        {
            var weight = Math.Exp((_candidates[i].Logit - largest) * scale);
            sum += weight >= settings.MinP ? weight : 0;
            sums[i] = sum;
        }

        var threshold = CounterRandom.Unit(settings.Seed, generated) * sum;
        return _candidates[Array.FindIndex(sums, reached => reached > threshold)];
    }

    private static SampledToken Measure(BestLogits row, Candidate chosen)
    {
        var (best, second) = (0, float.NegativeInfinity);
        for (var i = 1; i < row.Ids.Length; i++)
        {
            var isBetter = row.Logits[i] > row.Logits[best] || (row.Logits[i] == row.Logits[best] && row.Ids[i] < row.Ids[best]);
            second = Math.Max(second, isBetter ? row.Logits[best] : row.Logits[i]);
            best = isBetter ? i : best;
        }

        if (row.Ids.Length == 1 && row.Allowed > 1) second = row.Floor;
        var share = Math.Min(1 / row.Sum, 1);
        if (chosen.Id == row.Ids[best]) return new(chosen.Id, share, row.Logits[best] - second, row.Allowed);
        var below = row.Logits[best] - chosen.Raw;
        return new(chosen.Id, Math.Max(Math.Exp(-below) * share, double.Epsilon), -below, row.Allowed);
    }

    /// <summary>Likelier ones come first, of equals the lower id.</summary>
    /// <param name="Id">The token.</param>
    /// <param name="Logit">With the penalty taken off.</param>
    /// <param name="Raw">As the model gave it.</param>
    private readonly record struct Candidate(int Id, float Logit, float Raw) : IComparable<Candidate>
    {
        public int CompareTo(Candidate other) => Logit != other.Logit ? other.Logit.CompareTo(Logit) : Id.CompareTo(other.Id);
    }
}
