using System.Globalization;
using System.Text;
using Qwen35Batch.Schemas.Faults;

namespace Qwen35Batch.Schemas.Patterns;

/// <summary>
/// Reads a regular expression as JSON Schema means it (ECMA-262 with the flag u): literals, classes, groups, alternatives, quantifiers and
/// anchors. Lazy quantifiers fit the same texts as greedy ones. What it does not know it refuses.
/// </summary>
internal sealed class PatternReader
{
    private const string Supported =
        @"Supported are literals, '.', classes such as [a-z] and [^0-9], \d \w \s \D \W \S, \p{L}, \t \n \r \f \v, \xHH, \uHHHH and \u{H}, "
            + @"groups (…), (?:…) and (?i:…), (?i) at the beginning, (?=…) and (?!…) right after ^, |, * + ? {n,m}, \b, ^ and $.";

    private const int MaxDepth = 100;
    private const int MaxCount = 10_000;
    private const int End = -1;

    private readonly int[] _text;
    private readonly string _at;
    private int _next;
    private int _depth;
    private bool _isCaseless;
    private bool _isAcrossLines;

    private PatternReader(string pattern, string at)
    {
        _text = [.. pattern.EnumerateRunes().Select(rune => rune.Value)];
        _at = at;
    }

    private int Next => _next < _text.Length ? _text[_next] : End;

    /// <param name="pattern">The regular expression.</param>
    /// <param name="at">The keyword's JSON pointer, for errors.</param>
    /// <exception cref="UnsupportedSchemaException">A part of it is not supported.</exception>
    public static PatternNode Read(string pattern, string at)
    {
        var reader = new PatternReader(pattern, at);
        var node = reader.ReadChoice();
        return reader.Next == End ? node : throw reader.Refuse("a ')' has no '('; a literal one is written '\\)'.");
    }

    private PatternNode ReadChoice()
    {
        if (++_depth > MaxDepth)
            throw Refuse($"groups stand more than {MaxDepth} deep.");
        var parts = new List<PatternNode> { ReadSequence() };
        while (Take('|'))
            parts.Add(ReadSequence());
        _depth--;
        return parts.Count == 1 ? parts[0] : new PatternNode.Choice(parts);
    }

    private PatternNode.Sequence ReadSequence()
    {
        var parts = new List<PatternNode>();
        while (Next is not (End or '|' or ')'))
            parts.Add(ReadRepetition());
        return new PatternNode.Sequence(parts);
    }

    private PatternNode ReadRepetition()
    {
        var part = ReadAtom();
        var (min, max) = Next switch { '*' => (0, null), '+' => (1, null), '?' => (0, 1), '{' => (-1, (int?)null), _ => (1, 1) };
        if (min == 1 && max == 1)
            return part;
        if (part is PatternNode.Anchor or PatternNode.Boundary or PatternNode.Look)
            throw Refuse("an anchor cannot be repeated, nor what looks ahead.");
        _next++;
        if (min < 0)
            (min, max) = ReadCounts();
        Take('?');
        if (Next is '*' or '+' or '?' or '{')
            throw Refuse("a quantifier follows another one; put the first into a group.");
        return new PatternNode.Repetition(part, min, max);
    }

    private (int Min, int? Max) ReadCounts()
    {
        var min = ReadCount() ?? throw Refuse("'{' begins a count such as {2}, {2,} or {2,5}; a literal one is written '\\{'.");
        var max = Take(',') ? ReadCount() : min;
        if (!Take('}') || max < min)
            throw Refuse("a count is written {2}, {2,} or {2,5}, the smaller number first.");
        return (min, max);
    }

    private int? ReadCount()
    {
        var digits = "";
        while (Next is >= '0' and <= '9')
            digits += (char)_text[_next++];
        if (digits.Length == 0)
            return null;
        return digits.Length <= 6 && int.Parse(digits, CultureInfo.InvariantCulture) is <= MaxCount and var count
            ? count
            : throw Refuse($"a part is repeated more than {MaxCount} times.");
    }

    private PatternNode ReadAtom()
    {
        var symbol = _text[_next++];
        switch (symbol)
        {
            case '(':
                return ReadGroup();
            case '[':
                return new PatternNode.Character(ReadClass());
            case '.':
                return new PatternNode.Character(_isAcrossLines ? CodePointSet.All : CodePointSet.InLine);
            case '^' or '$':
                return new PatternNode.Anchor(symbol == '$');
            case '\\' when Next is 'b' or 'B':
                return new PatternNode.Boundary(_text[_next++] == 'B');
            case '\\':
                var set = ReadEscape();
                return set != CodePointSet.Null ? new PatternNode.Character(Cased(set)) : throw Refuse("U+0000 cannot be written.");
            case '*' or '+' or '?' or '{':
                throw Refuse($"'{(char)symbol}' stands where a character is expected; a literal one is written '\\{(char)symbol}'.");
            default:
                return new PatternNode.Character(Cased(One(symbol)));
        }
    }

    private PatternNode ReadGroup()
    {
        var (isLook, isNegative, isBehind) = (false, false, false);
        if (Take('?') && !Take(':'))
        {
            isBehind = Next == '<' && _next + 1 < _text.Length && _text[_next + 1] is '=' or '!';
            _next += isBehind ? 1 : 0;
            isNegative = Next == '!';
            isLook = Take('=') || Take('!');
            if (!isLook && Next is >= 'a' and <= 'z')
                return ReadFlags(isAtStart: _next == 2 || (_next == 3 && _text[0] == '^'));
            if (!isLook)
                SkipName();
        }
        var group = ReadChoice();
        if (!Take(')'))
            throw Refuse("a '(' is not closed.");
        return isLook ? new PatternNode.Look(group, isNegative, isBehind) : group;
    }

    // ECMA-262 has the first only lately, and the second not at all; whoever else reads them, reads them so.
    private PatternNode ReadFlags(bool isAtStart)
    {
        var (wasCaseless, wasAcrossLines) = (_isCaseless, _isAcrossLines);
        for (; Next is not (')' or ':'); _next++)
        {
            if (Next is not ('i' or 's' or 'u'))
                throw Refuse("of the flags of groups i, s and u are supported.");
            _isCaseless |= Next == 'i';
            _isAcrossLines |= Next == 's';
        }

        if (Take(')'))
            return isAtStart ? new PatternNode.Sequence([]) : throw Refuse("flags such as (?i) stand at the beginning, or as (?i:…).");
        _next++;
        var group = ReadChoice();
        (_isCaseless, _isAcrossLines) = (wasCaseless, wasAcrossLines);
        return Take(')') ? group : throw Refuse("a '(' is not closed.");
    }

    // Of classes such as \p{Lu} readers differ; they are taken as they stand.
    private CodePointSet Cased(CodePointSet set) => _isCaseless && IsOne(set) ? LetterCases.Of(set) : set;

    private static bool IsOne(CodePointSet set) => set.Ranges is [var (low, high)] && low == high;

    private void SkipName()
    {
        if (!Take('<'))
            throw Refuse("a group that begins so is not supported.");
        var from = _next;
        while (Next is '_' or '$' || (Next != End && Rune.IsLetterOrDigit(new Rune(Next))))
            _next++;
        if (_next == from || !Take('>'))
            throw Refuse("a named group is written (?<name>…).");
    }

    private CodePointSet ReadCategory(bool isNegated)
    {
        var name = "";
        if (Take('{'))
        {
            while (Next is not (End or '}'))
                name += new Rune(_text[_next++]).ToString();
        }

        if (!Take('}') || (UnicodeCategories.Find(name) ?? UnicodeProperties.Find(name)) is not { } set)
        {
            throw Refuse(
                $"'\\{(isNegated ? 'P' : 'p')}{{{name}}}' is not supported; general categories such as \\p{{L}} and \\p{{Nd}} are, the "
                    + "common scripts such as \\p{Script=Han}, and \\p{Emoji}.");
        }

        return isNegated ? set.Complement() : set;
    }

    private CodePointSet ReadClass()
    {
        var isNegated = Take('^');
        var (ranges, others) = (new List<(int Low, int High)>(), new List<(int Low, int High)>());
        while (!Take(']'))
        {
            var first = ReadClassAtom();
            var isRange = Next == '-' && _next + 1 < _text.Length && _text[_next + 1] != ']';
            if (!isRange)
            {
                (IsOne(first) ? ranges : others).AddRange(first.Ranges);
                continue;
            }
            _next++;
            var last = ReadClassAtom();
            if (!IsOne(first) || !IsOne(last) || first.Ranges[0].Low > last.Ranges[0].Low)
            {
                throw Refuse("a range of a class goes from one character to a later one, such as [a-z]; a literal '-' is written '\\-'.");
            }

            ranges.Add((first.Ranges[0].Low, last.Ranges[0].Low));
        }
        var set = !_isCaseless ? CodePointSet.Of([.. ranges, .. others])
            : isNegated ? LetterCases.Of(CodePointSet.Of([.. ranges, .. others]), isNegated)
            : CodePointSet.Of([.. LetterCases.Of(CodePointSet.Of(ranges)).Ranges, .. others]);
        set = isNegated ? set.Complement() : set;
        return set.IsEmpty ? throw Refuse("a class holds no character that can be written.") : set;
    }

    private CodePointSet ReadClassAtom()
    {
        if (Next == End)
            throw Refuse("a '[' is not closed.");
        var symbol = _text[_next++];
        return symbol != '\\' ? One(symbol) : Take('b') ? One('\b') : ReadEscape();
    }

    private CodePointSet ReadEscape()
    {
        if (Next == End)
            throw Refuse("a '\\' ends the pattern.");
        var symbol = _text[_next++];
        return symbol switch
        {
            'd' => CodePointSet.Digits,
            'D' => CodePointSet.Digits.Complement(),
            'w' => CodePointSet.WordCharacters,
            'W' => CodePointSet.WordCharacters.Complement(),
            's' => CodePointSet.Spaces,
            'S' => CodePointSet.Spaces.Complement(),
            'p' or 'P' => ReadCategory(symbol == 'P'),
            't' => One('\t'),
            'n' => One('\n'),
            'r' => One('\r'),
            'f' => One('\f'),
            'v' => One('\v'),
            'x' => One(ReadHex(2)),
            'u' => One(ReadUnicode()),
            < 128 when char.IsPunctuation((char)symbol) || char.IsSymbol((char)symbol) => One(symbol),
            >= '1' and <= '9' or 'k' => throw Refuse(
                $"'\\{new Rune(symbol)}' is not supported: it refers back to what a group has read; write the alternatives out."),
            'A' or 'Z' or 'z' => throw Refuse($"'\\{new Rune(symbol)}' is not supported; write {(symbol == 'A' ? "'^'" : "'$'")}."),
            _ => throw Refuse($"'\\{new Rune(symbol)}' is not supported."),
        };
    }

    private int ReadUnicode()
    {
        if (Take('{'))
        {
            var value = ReadHex(1);
            while (!Take('}'))
                value = (value << 4) | ReadHex(1);
            return value;
        }
        var unit = ReadHex(4);
        if (unit is < 0xD800 or > 0xDBFF || Next != '\\')
            return unit;
        _next++;
        var low = Take('u') ? ReadHex(4) : 0;
        return low is >= 0xDC00 and <= 0xDFFF
            ? char.ConvertToUtf32((char)unit, (char)low)
            : throw Refuse("half of a surrogate pair stands alone.");
    }

    private int ReadHex(int digits)
    {
        var value = 0;
        for (var i = 0; i < digits; i++)
        {
            value = Next is > 0 and < 128 && char.IsAsciiHexDigit((char)Next) && value <= 0x10FFFF
                ? (value << 4) | Convert.ToInt32(((char)_text[_next++]).ToString(), 16)
                : throw Refuse("an escape has too few hexadecimal digits, or too many.");
        }

        return value;
    }

    private CodePointSet One(int codePoint)
    {
        var set = codePoint == 0 ? CodePointSet.Null : CodePointSet.Of((codePoint, codePoint));
        return codePoint <= 0x10FFFF && !set.IsEmpty
            ? set
            : throw Refuse("halves of surrogate pairs and numbers above 10FFFF are no characters.");
    }

    private bool Take(char symbol)
    {
        var found = Next == symbol;
        _next += found ? 1 : 0;
        return found;
    }

    private UnsupportedSchemaException Refuse(string problem) => new(_at, $"the pattern cannot be honoured: {problem} {Supported}");
}
