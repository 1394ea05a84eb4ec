using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Automata;

/// <summary>
/// A quoted string whose text fits an automaton, its length bounded in code points. Printable ASCII is written as itself, all else as
/// itself or as an escape; surrogates only come in pairs. A state packs the automaton's, the characters so far where they are counted,
/// where within a character the bytes end, how many bytes it still needs, and its bits so far. It begins in state 0.
/// </summary>
internal sealed class PatternTerminal : Terminal
{
    private const string ShortEscapes = "\"\\/bfnrt";
    private const string ShortEscaped = "\"\\/\b\f\n\r\t";

    // The bytes of a pair's second half: \uDC00.
    private const int LowHalfLength = 6;

    // A backslash may begin each short escape, or a unit below, above, or of a pair.
    private const int MostRanges = 11;

    private readonly PatternAutomaton _text;
    private readonly TextLengths _lengths;

    public PatternTerminal(PatternAutomaton text)
        : this(text, new TextLengths(text, 0, null))
    {
    }

    /// <param name="text">The texts that fit.</param>
    /// <param name="lengths">How long they may be.</param>
    /// <param name="isRaw">Whether the text stands as it is, without quotes and escapes, and what follows it begins with a line
    /// end.</param>
    public PatternTerminal(PatternAutomaton text, TextLengths lengths, bool isRaw = false) =>
        (_text, _lengths, IsRaw) = (text, lengths, isRaw);

    /// <summary>The state in which a text without quotes begins.</summary>
    public static long RawStart => Pack(0, 0, Phase.Between);

    /// <summary>Whether the text stands as it is, without quotes and escapes.</summary>
    public bool IsRaw { get; }

    /// <summary>The texts that fit, their length aside.</summary>
    public PatternAutomaton Text => _text;

    public TextLengths Lengths => _lengths;

    /// <summary>The terminal of texts of an automaton and a length, or null when there is none.</summary>
    /// <exception cref="UnsupportedSchemaException">There are too many states.</exception>
    public static PatternTerminal? Create(PatternAutomaton text, int min, int? max, string at) => Create(text, min, max, at, isRaw: false);

    /// <summary>The terminal of texts without quotes, or null when there is none.</summary>
    /// <exception cref="UnsupportedSchemaException">There are too many states.</exception>
    public static PatternTerminal? CreateRaw(PatternAutomaton text, int min, int? max, string at) =>
        Create(text, min, max, at, isRaw: true);

    private static PatternTerminal? Create(PatternAutomaton text, int min, int? max, string at, bool isRaw)
    {
        // No answer is longer, and a state has no more room.
        var lengths = new TextLengths(text, min, max > TextLengths.MostCounted ? TextLengths.MostCounted : max);
        if (lengths.CanCount)
            return lengths.IsEmpty ? null : new PatternTerminal(text, lengths, isRaw);
        return text.WithLength(min, max, at) is { } bounded ? new PatternTerminal(bounded, new TextLengths(bounded, 0, null), isRaw) : null;
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
        var (text, count, phase, left, bits) = Unpack(state);
        switch (phase)
        {
            case Phase.Before:
                return next == '"' ? Pack(text, count, Phase.Between) : None;
            case Phase.Between:
                return next switch
                {
                    < 0x80 when IsRaw => Complete(text, count, next),
                    (byte)'"' => MayEnd(text, count) ? Pack(text, count, Phase.Done) : None,
                    (byte)'\\' => Possible(text, count, Phase.Escape),
                    < 0x20 => None,
                    < 0x80 => Complete(text, count, next),
                    >= 0xC2 and <= 0xDF => Possible(text, count, Phase.TwoBytes, 1, next & 0x1F),
                    >= 0xE0 and <= 0xEF => Possible(text, count, Phase.ThreeBytes, 2, next & 0x0F),
                    >= 0xF0 and <= 0xF4 => Possible(text, count, Phase.FourBytes, 3, next & 0x07),
                    _ => None,
                };
            case Phase.TwoBytes or Phase.ThreeBytes or Phase.FourBytes:
                return (next & 0xC0) == 0x80 ? Possible(text, count, phase, left - 1, (bits << 6) | (next & 0x3F)) : None;
            case Phase.Escape:
                var escape = ShortEscapes.IndexOf((char)next, StringComparison.Ordinal);
                return next == 'u' ? Possible(text, count, Phase.Unit, 4) : escape < 0 ? None : Complete(text, count, ShortEscaped[escape]);
            case Phase.Unit or Phase.LowHalf when left <= 4:
                return char.IsAsciiHexDigit((char)next) ? Possible(text, count, phase, left - 1, (bits << 4) | HexValue(next)) : None;
            case Phase.LowHalf:
                return next == (left == LowHalfLength ? '\\' : 'u') ? Possible(text, count, phase, left - 1, bits) : None;
            default:
                return None;
        }
    }

    public override int Exit(long state)
    {
        var (text, count, phase, _, _) = Unpack(state);
        return phase == Phase.Done || (IsRaw && phase == Phase.Between && MayEnd(text, count)) ? 0 : None;
    }

    public override bool CanContinue(long state) => Unpack(state).Phase != Phase.Done;

    public override int OnlyByte(long state)
    {
        var (text, count, phase, _, _) = Unpack(state);
        return phase switch { Phase.Before => '"', Phase.Between => FindOnlyByte(text, count), _ => None };
    }

    /// <summary>Whether the state stands between two characters of the text.</summary>
    public static bool IsBetween(long state) => Unpack(state).Phase == Phase.Between;

    /// <summary>The automaton's state and the characters so far.</summary>
    public static (int Text, int Count) PlaceOf(long state)
    {
        var (text, count, _, _, _) = Unpack(state);
        return (text, count);
    }

    /// <summary>The same state after another number of characters.</summary>
    public static long WithCount(long state, int count) => (state & ~(0x7FFFL << 15)) | ((long)count << 15);

    /// <summary>The state between two characters.</summary>
    public static long Between(int text, int count) => Pack(text, count, Phase.Between);

    /// <summary>The state within a character of several bytes.</summary>
    /// <param name="text">The automaton's state before it.</param>
    /// <param name="count">The characters before it, where they are counted.</param>
    /// <param name="begun">What is begun of it.</param>
    public static long Within(int text, int count, BegunCharacter begun) =>
        Pack(text, count, Phase.TwoBytes + begun.Length - 2, begun.Left, begun.Bits);

    /// <summary>What is begun in a state within a character of several bytes, or null elsewhere.</summary>
    public static BegunCharacter? BegunOf(long state)
    {
        var (_, _, phase, left, bits) = Unpack(state);
        return phase is Phase.TwoBytes or Phase.ThreeBytes or Phase.FourBytes
            ? new BegunCharacter(phase - Phase.TwoBytes + 2, left, bits)
            : null;
    }

    public bool MayEnd(int text, int count) => _text.IsAccepting(text) && _lengths.MayEnd(count);

    /// <summary>The tokens that certainly suffice to the end of the string, closing quote included; each byte is a token.</summary>
    public int Cost(long state)
    {
        var (text, count, phase, _, _) = Unpack(state);
        switch (phase)
        {
            case Phase.Before:
                return Math.Min(Endless, 1 + CostBetween(text, count));
            case Phase.Between:
                return CostBetween(text, count);
            case Phase.Done:
                return 0;
        }

        var cheapest = Endless;
        var after = _lengths.After(count);
        Span<CharacterRange> ranges = stackalloc CharacterRange[MostRanges];
        foreach (var range in ranges[..RestOf(state, ranges)])
        {
            foreach (var (_, _, target) in Overlapping(_text.StepsOf(text), range))
                cheapest = Math.Min(cheapest, range.Bytes + CostBetween(target, after));
        }

        return cheapest;
    }

    /// <summary>
    /// The symbols of an alphabet that a character may become which is begun already, ascending: each with the fewest bytes that are
    /// missing.
    /// </summary>
    /// <param name="alphabet">The symbols.</param>
    /// <param name="partial">A state of a terminal within a character.</param>
    public static (int Bytes, int Symbol)[] RestsOf(PatternAlphabet alphabet, long partial)
    {
        var fewest = new SortedDictionary<int, int>();
        Span<CharacterRange> ranges = stackalloc CharacterRange[MostRanges];
        foreach (var range in ranges[..RestOf(partial, ranges)])
        {
            foreach (var (_, _, symbol) in Overlapping(alphabet.Ranges, range))
                fewest[symbol] = Math.Min(range.Bytes, fewest.GetValueOrDefault(symbol, int.MaxValue));
        }
        return [.. fewest.Select(rest => (rest.Value, rest.Key))];
    }

    /// <summary>The character that a byte completes.</summary>
    public static int CharacterOf(long state, byte next)
    {
        var (_, _, phase, _, bits) = Unpack(state);
        return phase switch
        {
            Phase.Between => next,
            Phase.Escape => ShortEscaped[ShortEscapes.IndexOf((char)next, StringComparison.Ordinal)],
            Phase.Unit => (bits << 4) | HexValue(next),
            Phase.LowHalf => LowHalfCharacter((bits << 4) | HexValue(next)),
            _ => (bits << 6) | (next & 0x3F),
        };
    }

    /// <summary>The characters that one may become which is begun, and how many bytes are missing.</summary>
    private static int RestOf(long state, Span<CharacterRange> ranges)
    {
        var (_, _, phase, left, bits) = Unpack(state);
        var count = 0;
        switch (phase)
        {
            case Phase.TwoBytes:
                Add(ranges, Math.Max(bits << (6 * left), 0x80), ((bits + 1) << (6 * left)) - 1, left);
                break;
            case Phase.ThreeBytes:
                Add(ranges, Math.Max(bits << (6 * left), 0x800), ((bits + 1) << (6 * left)) - 1, left);
                break;
            case Phase.FourBytes:
                Add(ranges, Math.Max(bits << (6 * left), 0x10000), ((bits + 1) << (6 * left)) - 1, left);
                break;
            case Phase.Escape:
                foreach (var escaped in ShortEscaped)
                    Add(ranges, escaped, escaped, 1);
                AddUnits(ranges, 0, 0xFFFF, 5);
                break;
            case Phase.Unit:
                AddUnits(ranges, bits << (4 * left), ((bits + 1) << (4 * left)) - 1, left);
                break;
            case Phase.LowHalf:
                // Its bits so far come after the ten bits of the pair's first half.
                var first = 0x10000 + ((bits >> (4 * (4 - Math.Min(left, 4)))) << 10);
                var digits = 4 * Math.Min(left, 4);
                var half = bits & ((1 << (16 - digits)) - 1);
                Add(
                    ranges,
                    first + Math.Max((half << digits) - 0xDC00, 0),
                    first + Math.Min(((half + 1) << digits) - 1 - 0xDC00, 0x3FF),
                    left);
                break;
        }
        return count;

        void AddUnits(Span<CharacterRange> ranges, int low, int high, int bytes)
        {
            Add(ranges, Math.Max(low, 1), Math.Min(high, ' ' - 1), bytes);
            Add(ranges, Math.Max(low, 0x7F), high, bytes);
            var (firstHalf, lastHalf) = (Math.Max(low, 0xD800), Math.Min(high, 0xDBFF));
            if (firstHalf <= lastHalf)
            {
                Add(
                    ranges,
                    0x10000 + ((firstHalf - 0xD800) << 10),
                    0x10000 + ((lastHalf - 0xD800) << 10) + 0x3FF,
                    bytes + LowHalfLength);
            }
        }

        void Add(Span<CharacterRange> ranges, int low, int high, int bytes)
        {
            if (low <= high)
                ranges[count++] = new CharacterRange(low, high, bytes);
        }
    }

    /// <summary>Those of some ranges that hold characters of another.</summary>
    private static ReadOnlySpan<(int Low, int High, int To)> Overlapping(
        ReadOnlySpan<(int Low, int High, int To)> ranges, CharacterRange range)
    {
        var (from, to) = (0, ranges.Length);
        while (from < to)
        {
            var middle = (from + to) / 2;
            (from, to) = ranges[middle].High < range.Low ? (middle + 1, to) : (from, middle);
        }
        while (to < ranges.Length && ranges[to].Low <= range.High)
            to++;
        return ranges[from..to];
    }

    private int CostBetween(int text, int count) => _lengths.Cost(text, count);

    /// <summary>The state after a part of a character, when a character that the automaton takes begins so.</summary>
    private long Possible(int text, int count, Phase phase, int left = 0, int bits = 0)
    {
        var state = Pack(text, count, phase, left, bits);
        if (Cost(state) >= Endless)
            return None;
        if (left > 0 || phase == Phase.Escape)
            return state;
        if (phase == Phase.Unit && bits is >= 0xD800 and <= 0xDBFF)
            return Pack(text, count, Phase.LowHalf, LowHalfLength, bits - 0xD800);
        return Complete(text, count, phase == Phase.LowHalf ? LowHalfCharacter(bits) : bits);
    }

    private long Complete(int text, int count, int codePoint)
    {
        var target = _text.Step(text, codePoint);
        var after = _lengths.After(count);
        return target == None || CostBetween(target, after) >= Endless ? None : Pack(target, after, Phase.Between);
    }

    /// <summary>Where there is nothing to choose: one character that has no escape, or the end.</summary>
    private int FindOnlyByte(int text, int count)
    {
        var only = MayEnd(text, count) ? '"' : None;
        var after = _lengths.After(count);
        foreach (var (low, high, target) in _text.StepsOf(text))
        {
            if (CostBetween(target, after) >= Endless)
                continue;
            if (only != None || low != high || low is < ' ' or >= 0x7F || ShortEscaped.Contains((char)low, StringComparison.Ordinal))
                return None;
            only = low;
        }
        return only;
    }

    private static int LowHalfCharacter(int bits) => 0x10000 + (bits >> 16 << 10) + (bits & 0xFFFF) - 0xDC00;

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static long Pack(int text, int count, Phase phase, int left = 0, int bits = 0) =>
        (long)text | ((long)count << 15) | ((long)phase << 30) | ((long)left << 34) | ((long)bits << 37);

    private static (int Text, int Count, Phase Phase, int Left, int Bits) Unpack(long state) =>
        ((int)state & 0x7FFF, (int)(state >> 15) & 0x7FFF, (Phase)((state >> 30) & 0xF), (int)(state >> 34) & 0x7, (int)(state >> 37));

    /// <summary>Characters from one to another, and the bytes that are missing of them.</summary>
    private readonly record struct CharacterRange(int Low, int High, int Bytes);
}
