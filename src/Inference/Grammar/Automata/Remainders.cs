namespace Qwen35Batch.Inference.Grammar.Automata;

/// <summary>
/// What is remembered of the digits of a number that has to be a multiple of some divisor, and of others not: a state for all digits after
/// which the same may follow. Of a divisor such as 10,000 these are only the zeros at the end, though it leaves 10,000 remainders.
/// Equal when the divisors are.
/// </summary>
internal sealed class Remainders : IEquatable<Remainders>
{
    // More digits are multiplied further than a long holds.
    private const long LargestDivisor = 100_000_000_000_000;

    private readonly long _divisor;
    private readonly long[] _others;
    private readonly List<long[]> _states = [];
    private readonly List<int[]> _next = [];
    private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);

    private Remainders(long divisor, long[] others) => (_divisor, _others) = (divisor, others);

    /// <summary>The number of states; the first is that of no digits.</summary>
    public int Count => _states.Count;

    /// <param name="divisor">What the number is a multiple of, from 1.</param>
    /// <param name="others">What it is no multiple of, each from 1.</param>
    /// <param name="most">The states that are borne.</param>
    /// <returns>Null when there are more.</returns>
    public static Remainders? Find(long divisor, IEnumerable<long> others, int most)
    {
        var found = new Remainders(divisor, [.. others.Distinct().Order()]);
        if (divisor > LargestDivisor || Array.Exists(found._others, other => other > LargestDivisor))
            return null;
        found.Add(new long[1 + found._others.Length]);
        for (var state = 0; state < found.Count; state++)
        {
            var next = new int[10];
            for (var digit = 0; digit < next.Length; digit++)
                next[digit] = found.Add(found.After(found._states[state], digit));
            found._next.Add(next);
            if (found.Count > most)
                return null;
        }

        return found;
    }

    /// <summary>The state after another digit.</summary>
    public int Next(int state, int digit) => _next[state][digit];

    /// <summary>Whether the digits are such a number when some zeros follow.</summary>
    public bool Fits(int state, int zeros)
    {
        for (; zeros > 0; zeros--)
            state = Next(state, 0);
        var remainders = _states[state];
        return remainders[0] == 0 && Array.IndexOf(remainders, 0, 1) < 0;
    }

    public bool Equals(Remainders? other) => other is not null && _divisor == other._divisor && _others.SequenceEqual(other._others);

    public override bool Equals(object? obj) => Equals(obj as Remainders);

    public override int GetHashCode() => HashCode.Combine(_divisor, _others.Length, _others.FirstOrDefault());

    private long[] After(long[] remainders, int digit)
    {
        var after = new long[remainders.Length];
        for (var i = 0; i < after.Length; i++)
            after[i] = ((remainders[i] * 10) + digit) % DivisorAt(i);
        return after;
    }

    private long DivisorAt(int i) => i == 0 ? _divisor : _others[i - 1];

    // Two remainders are one state when, however many digits follow, the same ones make a multiple of both.
    private int Add(long[] remainders)
    {
        var missing = new List<long>();
        for (var i = 0; i < remainders.Length; i++)
        {
            var divisor = DivisorAt(i);
            var remainder = remainders[i];
            for (long digits = 1; ; digits *= 10)
            {
                var least = remainder == 0 ? 0 : divisor - remainder;
                missing.Add(least < digits ? least : -1);
                if (digits >= divisor)
                    break;
                remainder = remainder * 10 % divisor;
            }
        }

        var key = string.Join(' ', missing);
        if (_known.TryGetValue(key, out var state))
            return state;
        _known.Add(key, state = _states.Count);
        _states.Add(remainders);
        return state;
    }
}
