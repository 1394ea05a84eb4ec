using System.Numerics;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Automata;

/// <summary>
/// Builds the automaton of a range of numbers. A state stands for what has been written; two texts share one when the same may
/// follow, so the digits themselves are only remembered while they are still those of a bound.
/// </summary>
internal sealed class NumberAutomaton
{
    private const string Digits = "0123456789";

    private readonly NumberRange _range;
    private readonly Dictionary<State, int> _ids = [];
    private readonly List<State> _states = [];
    private readonly List<SortedDictionary<byte, int>> _edges = [];
    private readonly List<int> _exits = [];
    private readonly List<BigInteger> _powersOfTen = [BigInteger.One];

    private NumberAutomaton(NumberRange range) => _range = range;

    private enum Part
    {
        Start,
        Sign,
        Integer,
        Fraction,
        ExponentStart,
        ExponentSign,
        ExponentDigit,
        ExponentEnd,
    }

    private enum Cover
    {
        None,
        Some,
        All,
    }

    /// <returns>The automaton, or null when the range holds no number that can be written.</returns>
    public static TableTerminal? Build(NumberRange range)
    {
        var automaton = new NumberAutomaton(range);
        automaton.Add(new State(Part.Start, false, 0, 0, 0, 0, ""));
        for (var id = 0; id < automaton._states.Count; id++)
            automaton.Expand(id);
        return automaton.WithoutDeadEnds();
    }

    private int Add(State state)
    {
        var shared = Shared(state);
        if (_ids.TryGetValue(shared, out var id))
            return id;
        _ids.Add(shared, id = _states.Count);
        _states.Add(state);
        _edges.Add([]);
        _exits.Add(IsNumber(state) ? 0 : Terminal.None);
        return id;
    }

    private void Expand(int id)
    {
        var state = _states[id];
        switch (state.Part)
        {
            case Part.Start:
                Connect(id, "-", state with { Part = Part.Sign, IsNegative = true });
                ConnectDigits(id, state);
                break;
            case Part.Sign:
                ConnectDigits(id, state);
                break;
            case Part.Integer:
                if (!state.Prefix.IsZero)
                    ConnectDigits(id, state);
                if (_range.Scale > 0 && state.Written < _range.Digits)
                    Connect(id, ".", state with { Part = Part.Fraction });
                ConnectExponent(id, state);
                break;
            case Part.Fraction:
                ConnectDigits(id, state);
                ConnectExponent(id, state);
                break;
            case Part.ExponentStart:
                Connect(id, "+-", state with { Part = Part.ExponentSign });
                Connect(id, Digits, state with { Part = Part.ExponentDigit });
                break;
            case Part.ExponentSign:
                Connect(id, Digits, state with { Part = Part.ExponentDigit });
                break;
            case Part.ExponentDigit:
                Connect(id, Digits, state with { Part = Part.ExponentEnd });
                break;
        }
    }

    private void ConnectDigits(int id, State state)
    {
        if (state.Written == _range.Digits || (state.Part == Part.Fraction && state.Fraction == _range.Scale))
            return;
        for (var digit = 0; digit < 10; digit++)
        {
            var next = state with
            {
                Part = state.Part == Part.Fraction ? Part.Fraction : Part.Integer,
                Written = state.Written + 1,
                Fraction = state.Part == Part.Fraction ? state.Fraction + 1 : 0,
                Prefix = (state.Prefix * 10) + digit,
                Remainder = _range.Remainders?.Next(state.Remainder, digit) ?? 0,
                EndsInZero = _range.IsCanonical && digit == 0 && state.Part == Part.Fraction,
            };
            if (Covers(next).Any(cover => cover != Cover.None))
                Connect(id, Digits[digit].ToString(), next);
        }
    }

    private void ConnectExponent(int id, State state)
    {
        if (_range.Exponent && IsNumber(state))
            Connect(id, "eE", new State(Part.ExponentStart, false, 0, 0, 0, 0, ""));
    }

    private void Connect(int id, string bytes, State next)
    {
        var target = Add(next);
        foreach (var symbol in bytes)
            _edges[id].Add((byte)symbol, target);
    }

    private bool IsNumber(State state) => state.Part switch
    {
        Part.Integer => IsMultiple(state) && Contains(state.IsNegative, state.Prefix * PowerOfTen(_range.Scale)),
        Part.Fraction =>
            state.Fraction > 0
                && !state.EndsInZero
                && IsMultiple(state)
                && Contains(state.IsNegative, state.Prefix * PowerOfTen(_range.Scale - state.Fraction)),
        Part.ExponentDigit or Part.ExponentEnd => true,
        _ => false,
    };

    private bool IsMultiple(State state) => _range.Remainders?.Fits(state.Remainder, _range.Scale - state.Fraction) ?? true;

    private bool Contains(bool isNegative, BigInteger magnitude)
    {
        var (low, high) = Magnitudes(isNegative);
        return low <= magnitude && magnitude <= high;
    }

    // Minus zero is left out: it is a number to JSON, but not to everyone who reads it.
    private (BigInteger Low, BigInteger High) Magnitudes(bool isNegative) => isNegative
        ? (BigInteger.Max(1, -_range.High), -_range.Low)
        : (BigInteger.Max(0, _range.Low), _range.High);

    private BigInteger PowerOfTen(int exponent)
    {
        while (_powersOfTen.Count <= exponent)
            _powersOfTen.Add(_powersOfTen[^1] * 10);
        return _powersOfTen[exponent];
    }

    /// <summary>For each number of further digits before the point: do none, some or all values that begin so lie in the range?</summary>
    private IEnumerable<Cover> Covers(State state)
    {
        var further = state.Part == Part.Integer && !state.Prefix.IsZero ? _range.Digits - state.Written : 0;
        var (low, high) = Magnitudes(state.IsNegative);
        for (var count = 0; count <= further; count++)
        {
            var unit = PowerOfTen(_range.Scale - state.Fraction + count);
            var least = state.Prefix * unit;
            var most = least + unit - 1;
            yield return most < low || least > high ? Cover.None : least >= low && most <= high ? Cover.All : Cover.Some;
        }
    }

    /// <summary>The state without the digits that make no difference any more.</summary>
    private State Shared(State state)
    {
        if (state.Part is not (Part.Integer or Part.Fraction))
            return state;
        var covers = Covers(state).ToArray();
        if (covers.Contains(Cover.Some))
            return state;
        var isZero = state.Part == Part.Integer && state.Prefix.IsZero;
        // Before the first digit after the point a number is not complete.
        var isOpen = _range.Remainders is null && _range.Scale == NumberRange.FractionDigits;
        var fraction = isOpen ? Math.Min(state.Fraction, 1) : state.Fraction;
        return state with
        {
            Prefix = isZero ? 0 : 1,
            Fraction = fraction,
            Covers = string.Concat(covers.Select(cover => cover == Cover.All ? '1' : '0'))
        };
    }

    private TableTerminal? WithoutDeadEnds()
    {
        var alive = LiveStates.Find(_states.Count, id => _exits[id] != Terminal.None, id => _edges[id].Values);
        return alive[0] == Terminal.None
            ? null
            : new TableTerminal(
                [.. _edges.Where((_, id) => alive[id] != Terminal.None).Select(edges => new SortedDictionary<byte, int>(
                    edges.Where(edge => alive[edge.Value] != Terminal.None).ToDictionary(edge => edge.Key, edge => alive[edge.Value])))],
                [.. _exits.Where((_, id) => alive[id] != Terminal.None)]);
    }

    /// <param name="Written">Digits so far, on both sides of the point.</param>
    /// <param name="Fraction">Digits after the point.</param>
    /// <param name="Prefix">The digits so far as one number.</param>
    /// <param name="Remainder">Of the digits so far, one of the range's <see cref="Remainders"/>.</param>
    /// <param name="Covers">In shared states, in place of the digits.</param>
    private sealed record State(Part Part, bool IsNegative, int Written, int Fraction, BigInteger Prefix, int Remainder, string Covers)
    {
        /// <summary>Whether another digit has to follow.</summary>
        public bool EndsInZero { get; init; }
    }
}
