using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Automata;

/// <summary>
/// A quoted string whose text fits an automaton. Printable ASCII is written as itself, all else as itself or as an escape; surrogates only
/// come in pairs. A state packs the automaton's, where within a character the bytes end, how many bytes it still needs, and its bits so
/// far. It begins in state 0.
/// </summary>
internal sealed class PatternTerminal : Terminal
{
    private const string ShortEscapes = "\"\\/bfnrt";
    private const string ShortEscaped = "\"\\/\b\f\n\r\t";

    // The bytes of a pair's second half: \uDC00.
    private const int LowHalfLength = 6;

    private readonly PatternAutomaton _text;
    private readonly int[] _costs;
    private readonly int[] _onlyBytes;

    public PatternTerminal(PatternAutomaton text)
    {
        _text = text;
        _costs = MeasureCosts(text);
        _onlyBytes = [.. Enumerable.Range(0, text.StateCount).Select(FindOnlyByte)];
    }

    private enum Phase
    {
        Before,
        Between,
        TwoBytes,
        ThreeBytes,
        FourBytes,
        Escape,
        Unit,
        LowHalf,
        Done,
    }

    public override long Step(long state, byte next)
    {
        var (text, phase, left, bits) = Unpack(state);
        switch (phase)
        {
            case Phase.Before:
                return next == '"' ? Pack(text, Phase.Between) : None;
            case Phase.Between:
                return next switch
                {
                    (byte)'"' => _text.IsAccepting(text) ? Pack(text, Phase.Done) : None,
                    (byte)'\\' => Possible(text, Phase.Escape),
                    < 0x20 => None,
                    < 0x80 => Complete(text, next),
                    >= 0xC2 and <= 0xDF => Possible(text, Phase.TwoBytes, 1, next & 0x1F),
                    >= 0xE0 and <= 0xEF => Possible(text, Phase.ThreeBytes, 2, next & 0x0F),
                    >= 0xF0 and <= 0xF4 => Possible(text, Phase.FourBytes, 3, next & 0x07),
                    _ => None,
                };
            case Phase.TwoBytes or Phase.ThreeBytes or Phase.FourBytes:
                return (next & 0xC0) == 0x80 ? Possible(text, phase, left - 1, (bits << 6) | (next & 0x3F)) : None;
            case Phase.Escape:
                var escape = ShortEscapes.IndexOf((char)next, StringComparison.Ordinal);
                return next == 'u' ? Possible(text, Phase.Unit, 4) : escape < 0 ? None : Complete(text, ShortEscaped[escape]);
            case Phase.Unit or Phase.LowHalf when left <= 4:
                return char.IsAsciiHexDigit((char)next) ? Possible(text, phase, left - 1, (bits << 4) | HexValue(next)) : None;
            case Phase.LowHalf:
                return next == (left == LowHalfLength ? '\\' : 'u') ? Possible(text, phase, left - 1, bits) : None;
            default:
                return None;
        }
    }

    public override int Exit(long state) => Unpack(state).Phase == Phase.Done ? 0 : None;

    public override bool CanContinue(long state) => Unpack(state).Phase != Phase.Done;

    public override int OnlyByte(long state)
    {
        var (text, phase, _, _) = Unpack(state);
        return phase switch { Phase.Before => '"', Phase.Between => _onlyBytes[text], _ => None };
    }

    /// <summary>The fewest bytes to the end of the string, closing quote included; each byte is a token.</summary>
    public int Cost(long state)
    {
        var (text, phase, left, bits) = Unpack(state);
        var cheapest = Endless;
        switch (phase)
        {
            case Phase.Before:
                return 1 + _costs[text];
            case Phase.Between:
                return _costs[text];
            case Phase.TwoBytes:
                Consider(Math.Max(bits << (6 * left), 0x80), ((bits + 1) << (6 * left)) - 1, left);
                break;
            case Phase.ThreeBytes:
                Consider(Math.Max(bits << (6 * left), 0x800), ((bits + 1) << (6 * left)) - 1, left);
                break;
            case Phase.FourBytes:
                Consider(Math.Max(bits << (6 * left), 0x10000), ((bits + 1) << (6 * left)) - 1, left);
                break;
            case Phase.Escape:
                foreach (var escaped in ShortEscaped)
                    Consider(escaped, escaped, 1);
                ConsiderUnits(0, 0xFFFF, 5);
                break;
            case Phase.Unit:
                ConsiderUnits(bits << (4 * left), ((bits + 1) << (4 * left)) - 1, left);
                break;
            case Phase.LowHalf:
                // Its bits so far come after the ten bits of the pair's first half.
                var first = 0x10000 + ((bits >> (4 * (4 - Math.Min(left, 4)))) << 10);
                var digits = 4 * Math.Min(left, 4);
                var half = bits & ((1 << (16 - digits)) - 1);
                Consider(first + Math.Max((half << digits) - 0xDC00, 0), first + Math.Min(((half + 1) << digits) - 1 - 0xDC00, 0x3FF), left);
                break;
            case Phase.Done:
                return 0;
        }
        return cheapest;

        void ConsiderUnits(int low, int high, int bytes)
        {
            Consider(Math.Max(low, 1), Math.Min(high, ' ' - 1), bytes);
            Consider(Math.Max(low, 0x7F), high, bytes);
            var (firstHalf, lastHalf) = (Math.Max(low, 0xD800), Math.Min(high, 0xDBFF));
            if (firstHalf <= lastHalf)
                Consider(0x10000 + ((firstHalf - 0xD800) << 10), 0x10000 + ((lastHalf - 0xD800) << 10) + 0x3FF, bytes + LowHalfLength);
        }

        void Consider(int low, int high, int bytes)
        {
            foreach (var step in _text.StepsOf(text))
                if (low <= high && step.Low <= high && low <= step.High)
                    cheapest = Math.Min(cheapest, bytes + _costs[step.Target]);
        }
    }

    /// <summary>The state after a part of a character, when a character that the automaton takes begins so.</summary>
    private long Possible(int text, Phase phase, int left = 0, int bits = 0)
    {
        var state = Pack(text, phase, left, bits);
        if (Cost(state) >= Endless)
            return None;
        if (left > 0 || phase == Phase.Escape)
            return state;
        if (phase == Phase.Unit && bits is >= 0xD800 and <= 0xDBFF)
            return Pack(text, Phase.LowHalf, LowHalfLength, bits - 0xD800);
        return Complete(text, phase == Phase.LowHalf ? 0x10000 + (bits >> 16 << 10) + (bits & 0xFFFF) - 0xDC00 : bits);
    }

    private long Complete(int text, int codePoint)
    {
        foreach (var step in _text.StepsOf(text))
            if (step.Low <= codePoint && codePoint <= step.High)
                return Pack(step.Target, Phase.Between);
        return None;
    }

    /// <summary>Where there is nothing to choose: one character that has no escape, or the end.</summary>
    private int FindOnlyByte(int text)
    {
        var steps = _text.StepsOf(text);
        if (_text.IsAccepting(text))
            return steps.IsEmpty ? '"' : None;
        return steps is [var (low, high, _)] && low == high && low is >= ' ' and < 0x7F && !ShortEscaped.Contains((char)low, StringComparison.Ordinal) ? low : None;
    }

    private static int[] MeasureCosts(PatternAutomaton text)
    {
        var costs = new int[text.StateCount];
        var open = new PriorityQueue<int, int>();
        var sources = new List<(int Source, int Bytes)>[costs.Length];
        for (var state = 0; state < costs.Length; state++)
            sources[state] = [];
        for (var state = 0; state < costs.Length; state++)
        {
            costs[state] = Endless;
            if (text.IsAccepting(state))
                open.Enqueue(state, 1);
            foreach (var (low, high, target) in text.StepsOf(state))
                sources[target].Add((state, FewestBytes(low, high)));
        }
        while (open.TryDequeue(out var state, out var cost))
        {
            if (cost >= costs[state])
                continue;
            costs[state] = cost;
            foreach (var (source, bytes) in sources[state])
                open.Enqueue(source, cost + bytes);
        }
        return costs;
    }

    private static int FewestBytes(int low, int high)
    {
        // From each kind of character the first of the range; those between kinds are never cheaper.
        foreach (var (from, to, bytes) in ((int, int, int)[])[(' ', '!', 1), ('#', '[', 1), (']', 0x7F, 1), ('"', '"', 2), ('\\', '\\', 2), ('\b', '\n', 2), ('\f', '\r', 2), (0x80, 0x7FF, 2), (0x800, 0xFFFF, 3), (0x10000, 0x10FFFF, 4)])
            if (low <= to && from <= high)
                return bytes;
        return 6;
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static long Pack(int text, Phase phase, int left = 0, int bits = 0) => (long)text | ((long)phase << 24) | ((long)left << 28) | ((long)bits << 32);

    private static (int Text, Phase Phase, int Left, int Bits) Unpack(long state) =>
        ((int)state & 0xFF_FFFF, (Phase)((state >> 24) & 0xF), (int)(state >> 28) & 0xF, (int)(state >> 32));
}
