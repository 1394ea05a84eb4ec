using System.Globalization;
using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Grounding.Reading;

/// <summary>
/// Finds numbers in folded text, as people write them: with separators of thousands, currencies before and behind, a minus as a dash, a
/// triangle or brackets, and the ten thousands of East Asia.
/// </summary>
internal static partial class NumberReading
{
    private const string Minus = @"(?<minus>(?<![\p{L}\p{Nd}])[-▲△▼])?";

    private const string Before =
        @"(?<open>\()? ?" + Minus
            + @" ?(?:(?:us|hk|nt|a|c)?\$|[€£¥₩₹₽\\]|(?<!\p{L})(?:usd|eur|gbp|jpy|cny|krw|chf|inr|rs\.?))? ?" + Minus + " ?";

    private static readonly (string Unit, decimal Times)[] Units =
    [
        ("兆", 1_000_000_000_000m),
        ("億", 100_000_000m),
        ("亿", 100_000_000m),
        ("百万", 1_000_000m),
        ("万", 10_000m),
        ("萬", 10_000m),
        ("千", 1_000m),
        ("billion", 1_000_000_000m),
        ("million", 1_000_000m),
        ("thousand", 1_000m),
        ("bn", 1_000_000_000m),
        ("k", 1_000m),
        ("m", 1_000_000m),
    ];

    /// <summary>The numbers of a text, in order.</summary>
    /// <param name="text">Folded; lines are separated by line feeds, words by blanks.</param>
    public static IEnumerable<FoundNumber> Find(string text)
    {
        // "2 100" is a number, or two that stand side by side.
        return Number().Matches(text).Select(match => Read(text, match))
            .Concat(Spaced().Matches(text).Select(match => Read(text, match) is { } number ? number with { IsSpaced = true } : null))
            .OfType<FoundNumber>();
    }

    /// <summary>The values of a text that is a number and nothing else, with its currency or unit; empty when it is not.</summary>
    public static IReadOnlyList<decimal> Whole(string folded)
    {
        var found = Find(folded).ToList();
        return found is [{ Start: 0, IsPart: false } only] && only.End == folded.Length ? only.Values : [];
    }

    private static FoundNumber? Read(string text, Match match)
    {
        var digits = match.Groups["digits"];
        var values = Readings(digits.Value).ToList();
        if (values.Count == 0)
            return null;
        var end = digits.Index + digits.Length;
        values = WithUnits(text, values, ref end);
        var isNegative = match.Groups["minus"].Success || (match.Groups["open"].Success && Closes(text, ref end));
        if (!isNegative && end < text.Length && text[end] == '-' && (end + 1 == text.Length || !char.IsLetterOrDigit(text[end + 1])))
            (isNegative, end) = (true, end + 1);
        var start = match.Index;
        if (match.Groups["open"].Success && !isNegative)
            start++;
        while (text[start] == ' ')
            start++;
        // Behind an amount in yen, a dash closes it.
        if (isNegative && text[end - 1] == '-' && text[start] is '¥' or '\\')
            values.AddRange(values.ConvertAll(value => -value));
        else if (isNegative)
            values = values.ConvertAll(value => -value);
        end = WithCurrency(text, end);
        if (Percent().Match(text, end) is { Success: true, Index: var percent } sign && percent == end)
        {
            values.AddRange(values.ConvertAll(value => value / 100));
            end += sign.Length;
        }

        return new(start, end, [.. values.Distinct()], IsPart(text, start, end));
    }

    /// <summary>What digits with separators may mean.</summary>
    private static IEnumerable<decimal> Readings(string digits)
    {
        var marks = digits.Where(character => !char.IsAsciiDigit(character)).ToList();
        var groups = digits.Split([.. marks.Distinct()]);
        if (marks.Count == 0)
            return Parse(digits, "");
        var kinds = marks.Distinct().ToList();
        if (kinds.Count > 2)
            return [];
        if (kinds.Count == 2)
        {
            // The last kind separates the decimals, and does so once.
            var last = digits.LastIndexOf(marks[^1]);
            var whole = digits[..last].Split(kinds.First(kind => kind != marks[^1]));
            return marks.Count(mark => mark == marks[^1]) == 1 && IsGrouped(whole)
                ? Parse(string.Concat(whole), digits[(last + 1)..])
                : [];
        }

        var readings = new List<decimal>();
        if (IsGrouped(groups))
            readings.AddRange(Parse(string.Concat(groups), ""));
        if (groups.Length == 2 && kinds[0] is '.' or ',')
            readings.AddRange(Parse(groups[0], groups[1]));
        return readings;
    }

    // Threes from the right; in India twos before the last three.
    private static bool IsGrouped(string[] groups) =>
        groups[0].Length is >= 1 and <= 3 && (groups[0] != "0" || groups.Length == 1)
        && (groups.Length == 1 || (groups[^1].Length == 3 && groups[1..^1].All(group => group.Length is 3 or 2)));

    private static IEnumerable<decimal> Parse(string whole, string decimals) =>
        decimal.TryParse(
            decimals.Length == 0 ? whole : $"{whole}.{decimals}",
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out var value)
            ? [value]
            : [];

    // 3億2,500万 is a sum; behind "12 million" nothing follows.
    private static List<decimal> WithUnits(string text, List<decimal> values, ref int end)
    {
        var sum = 0m;
        var last = decimal.MaxValue;
        var at = end;
        var current = values;
        while (Unit(text, at) is { } unit && unit.Times < last && current.Count > 0 && current[0] < 1_000_000_000_000m)
        {
            sum += current[0] * unit.Times;
            (last, at) = (unit.Times, unit.End);
            // 5m is five million, or five metres.
            values = at - unit.Start == 1 && char.IsAscii(text[unit.Start]) ? [sum, .. values] : [sum];
            end = at;
            if (Following().Match(text, at) is not { Success: true, Index: var next } more || next != at)
                return values;
            current = [.. Readings(more.Groups["digits"].Value)];
            at += more.Length;
            if (Unit(text, at) is null && current.Count > 0 && current[0] < last && !char.IsAscii(text[unit.End - 1]))
            {
                end = at;
                return [sum + current[0]];
            }
        }

        return values;
    }

    private static (decimal Times, int Start, int End)? Unit(string text, int at)
    {
        var from = at < text.Length && text[at] == ' ' ? at + 1 : at;
        foreach (var (unit, times) in Units)
        {
            if (string.CompareOrdinal(text, from, unit, 0, unit.Length) != 0)
                continue;
            var end = from + unit.Length;
            // A letter is a unit only directly behind the number, and never the beginning of a word.
            if (char.IsAscii(unit[0]) && ((unit.Length < 3 && from > at) || (end < text.Length && char.IsLetterOrDigit(text[end]))))
                continue;
            return (times, from, end);
        }

        return null;
    }

    private static bool Closes(string text, ref int end)
    {
        var at = WithCurrency(text, end);
        if (at >= text.Length || text[at] != ')')
            return false;
        end = at + 1;
        return true;
    }

    private static int WithCurrency(string text, int end)
    {
        var match = CurrencyBehind().Match(text, end);
        return match.Success && match.Index == end ? end + match.Length : end;
    }

    private static bool IsPart(string text, int start, int end)
    {
        var before = start > 0 ? text[start - 1] : ' ';
        var after = end < text.Length ? text[end] : ' ';
        var joinsAfter = end + 1 < text.Length && char.IsLetterOrDigit(text[end + 1]);
        return IsLatin(before) || char.IsAsciiDigit(before)
            || (before is '-' or '/' or ':' or '.' && start > 1 && char.IsLetterOrDigit(text[start - 2]))
            || char.IsAsciiDigit(after)
            || (after is '-' or '/' or ':' or '.' && joinsAfter)
            || (after is '_' or '#' or '@');
    }

    private static bool IsLatin(char character) => char.IsLetter(character) && character < '\u0370';

    [GeneratedRegex(Before + "(?<digits>[0-9]+(?:[.,'][0-9]+)*)", RegexOptions.ExplicitCapture)]
    private static partial Regex Number();

    [GeneratedRegex(
        Before + "(?<digits>(?<![0-9])[0-9]{1,3}(?:[ ][0-9]{3})+(?![0-9])(?:[.,][0-9]{1,2}(?![0-9]))?)", RegexOptions.ExplicitCapture)]
    private static partial Regex Spaced();

    [GeneratedRegex(@"[ ]?(?<digits>[0-9]+(?:,[0-9]{3})*)", RegexOptions.ExplicitCapture)]
    private static partial Regex Following();

    [GeneratedRegex("[ ]?%")]
    private static partial Regex Percent();

    [GeneratedRegex(@"[ ]?(?:円|元|원|€|\$|£|(?:usd|eur|gbp|jpy|cny|krw|chf|inr|kr)(?![\p{L}\p{Nd}]))")]
    private static partial Regex CurrencyBehind();
}
