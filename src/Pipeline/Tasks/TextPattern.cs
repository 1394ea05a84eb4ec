using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>
/// Regular expressions as JSON Schema means them (ECMA-262 with the flag u), as .NET's: there <c>\d</c> is more than ten digits, <c>$</c>
/// also stands before a last line feed, and characters above U+FFFF are two. Matching takes time in proportion to the text.
/// </summary>
internal sealed partial class TextPattern
{
    private const string Pair = @"[\uD800-\uDBFF][\uDC00-\uDFFF]";
    private const string Spaces = @"\t-\r \u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF";
    private const string WordCharacters = "0-9A-Z_a-z";

    private static readonly ConcurrentDictionary<string, Regex> Known = new(StringComparer.Ordinal);

    private readonly string _pattern;
    private readonly StringBuilder _translated = new();
    private int _next;

    private TextPattern(string pattern) => _pattern = pattern;

    /// <summary>Why a pattern cannot be used, or null.</summary>
    public static string? Problem(string pattern)
    {
        try
        {
            Get(pattern);
            return null;
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            return $"the pattern cannot be honoured: {error.Message}";
        }
    }

    /// <summary>Whether a text contains what the pattern describes.</summary>
    public static bool IsMatch(string pattern, string text) => Get(pattern).IsMatch(text);

    private static Regex Get(string pattern) => Known.GetOrAdd(pattern, static text => new Regex(new TextPattern(text).Translate(), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking));

    private string Translate()
    {
        while (_next < _pattern.Length)
        {
            var symbol = _pattern[_next++];
            switch (symbol)
            {
                case '.':
                    _translated.Append(NoneOf(@"\n\r\u2028\u2029"));
                    break;
                case '$':
                    _translated.Append(@"\z");
                    break;
                case '(':
                    if (Peek() == '?' && (_next + 1 >= _pattern.Length || _pattern[_next + 1] != ':'))
                        throw new ArgumentException("looking ahead or behind, names and flags of groups are not supported.");
                    _translated.Append(Peek() == '?' ? "(?:" : "(");
                    _next += Peek() == '?' ? 2 : 0;
                    break;
                case '{':
                    CopyCount();
                    break;
                case '}' or ']':
                    throw new ArgumentException($"'{symbol}' stands where a character is expected; a literal one is written '\\{symbol}'.");
                case '[':
                    _translated.Append(Class());
                    break;
                case '\\':
                    var (set, isNegated) = Escape();
                    _translated.Append(isNegated ? NoneOf(set) : $"[{set}]");
                    break;
                case '^' or '|' or ')' or '*' or '+' or '?':
                    _translated.Append(symbol);
                    break;
                default:
                    _translated.Append(char.IsHighSurrogate(symbol) && char.IsLowSurrogate(Peek()) ? $"(?:{symbol}{_pattern[_next++]})" : Quote(symbol));
                    break;
            }
        }

        return _translated.ToString();
    }

    private char Peek() => _next < _pattern.Length ? _pattern[_next] : '\0';

    private void CopyCount()
    {
        var count = Count().Match(_pattern, _next);
        if (!count.Success) throw new ArgumentException("a count is written {2}, {2,} or {2,5}; a literal '{' is written '\\{'.");
        _translated.Append('{').Append(count.ValueSpan);
        _next += count.Length;
    }

    private string Class()
    {
        var isNegated = Peek() == '^';
        _next += isNegated ? 1 : 0;
        var set = new StringBuilder();
        while (Peek() != ']')
        {
            if (_next >= _pattern.Length) throw new ArgumentException("a '[' is not closed.");
            var symbol = _pattern[_next++];
            if (char.IsSurrogate(symbol)) throw new ArgumentException("a class cannot hold characters above U+FFFF; write them as alternatives.");
            if (symbol != '\\')
            {
                set.Append(symbol == '-' && set.Length > 0 && Peek() != ']' ? "-" : Quote(symbol));
                continue;
            }

            var (escaped, isComplement) = Escape();
            if (isComplement) throw new ArgumentException(@"\D, \W and \S within a class are not supported; write [^…].");
            set.Append(escaped);
        }

        _next++;
        if (set.Length == 0) throw new ArgumentException("a class is empty.");
        return isNegated ? NoneOf(set.ToString()) : $"[{set}]";
    }

    /// <summary>What stands within a class for an escape, and whether all else is meant.</summary>
    private (string Set, bool IsNegated) Escape()
    {
        var symbol = Peek();
        _next++;
        return symbol switch
        {
            'd' or 'D' => ("0-9", symbol == 'D'),
            'w' or 'W' => (WordCharacters, symbol == 'W'),
            's' or 'S' => (Spaces, symbol == 'S'),
            't' or 'n' or 'r' or 'f' or 'v' => ($"\\{symbol}", false),
            'x' => (Quote(Hex(2)), false),
            'u' => (Quote(Hex(4)), false),
            _ when char.IsAscii(symbol) && (char.IsPunctuation(symbol) || char.IsSymbol(symbol)) => (Quote(symbol), false),
            _ => throw new ArgumentException($"'\\{symbol}' is not supported."),
        };
    }

    private char Hex(int digits)
    {
        if (_next + digits > _pattern.Length || !ushort.TryParse(_pattern.AsSpan(_next, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) || char.IsSurrogate((char)value))
            throw new ArgumentException("an escape is written \\xHH or \\uHHHH, and is no half of a surrogate pair.");
        _next += digits;
        return (char)value;
    }

    [GeneratedRegex(@"\G[0-9]+(?:,[0-9]*)?\}")]
    private static partial Regex Count();

    private static string NoneOf(string set) => $@"(?:[^{set}\uD800-\uDFFF]|{Pair})";

    private static string Quote(char symbol) => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)symbol:X4}");
}
