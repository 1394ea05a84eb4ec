using System.Globalization;
using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Grounding.Reading;

/// <summary>
/// Finds whole dates in folded text: ISO and the year first, Japanese eras, the months' names of western Europe, and day, month and year as
/// numbers, in the order that the text shows elsewhere when it shows one.
/// </summary>
internal static partial class DateReading
{
    private const int CenturyFrom = 70;

    private static readonly Dictionary<string, int> Eras = new()
    {
        ["令和"] = 2018,
        ["平成"] = 1988,
        ["昭和"] = 1925,
        ["大正"] = 1911,
        ["明治"] = 1867,
        ["r"] = 2018,
        ["h"] = 1988,
        ["s"] = 1925,
        ["t"] = 1911,
        ["m"] = 1867,
    };

    // English, German, French, Spanish, Italian, Portuguese and Dutch, without accents.
    private static readonly string[][] Months =
    [
        ["january", "januar", "janner", "janvier", "enero", "gennaio", "janeiro", "januari"],
        ["february", "februar", "fevrier", "febrero", "febbraio", "fevereiro", "februari"],
        ["march", "marz", "maerz", "mars", "marzo", "marco", "maart", "mrt"],
        ["april", "avril", "abril", "aprile"],
        ["may", "mai", "mayo", "maggio", "maio", "mei"],
        ["june", "juni", "juin", "junio", "giugno", "junho"],
        ["july", "juli", "juillet", "julio", "luglio", "julho"],
        ["august", "aout", "agosto", "augustus"],
        ["september", "septembre", "septiembre", "settembre", "setembro"],
        ["october", "oktober", "octobre", "octubre", "ottobre", "outubro"],
        ["november", "novembre", "noviembre", "novembro"],
        ["december", "dezember", "decembre", "diciembre", "dicembre", "dezembro"],
    ];

    /// <summary>The dates of a text, in order of their forms.</summary>
    /// <param name="text">Folded; lines are separated by line feeds, words by blanks.</param>
    public static IReadOnlyList<FoundDate> Find(string text)
    {
        var numeric = Numeric().Matches(text);
        var (isDayFirst, isMonthFirst) = Order(numeric);
        return
        [
            .. YearFirst().Matches(text).SelectMany(match => Found(match, [InOrder(match)])),
            .. Era().Matches(text).SelectMany(match => Found(match, [OfEra(match)])),
            .. Compact().Matches(text).SelectMany(match => Found(match, [InOrder(match)])),
            .. Named().Matches(text).SelectMany(
                match => Found(match, [Date(Year(match), Month(match.Groups["mon"].Value), Number(match, "d"))])),
            .. numeric.SelectMany(match => Found(match, OfNumbers(match, isDayFirst, isMonthFirst))),
        ];
    }

    /// <summary>The date that a text is, and nothing else; null when it is none or may be several.</summary>
    public static DateOnly? Whole(string folded) =>
        Find(folded).FirstOrDefault(found => found.Start == 0 && found.End == folded.Length) is { Dates: [var only] } ? only : null;

    private static IEnumerable<FoundDate> Found(Match match, IEnumerable<DateOnly?> dates)
    {
        var known = dates.OfType<DateOnly>().Distinct().ToList();
        return known.Count == 0 ? [] : [new(match.Index, match.Index + match.Length, known)];
    }

    private static DateOnly? InOrder(Match match) => Date(Number(match, "y"), Number(match, "m"), Number(match, "d"));

    private static DateOnly? OfEra(Match match)
    {
        var year = match.Groups["y"].Value == "元" ? 1 : Number(match, "y");
        var era = Eras[match.Groups["e"].Value.Replace(" ", "", StringComparison.Ordinal)];
        return year < 1 ? null : Date(era + year, Number(match, "m"), Number(match, "d"));
    }

    /// <summary>A day above 12 shows the order of a whole document.</summary>
    private static (bool IsDayFirst, bool IsMonthFirst) Order(MatchCollection numeric) =>
        (numeric.Any(match => Number(match, "a") > 12 && Number(match, "b") <= 12),
            numeric.Any(match => Number(match, "b") > 12 && Number(match, "a") <= 12));

    private static IEnumerable<DateOnly?> OfNumbers(Match match, bool isDayFirst, bool isMonthFirst)
    {
        var (a, b, year) = (Number(match, "a"), Number(match, "b"), Year(match));
        // With points, the day is first everywhere.
        var isPointed = match.Groups["sep"].Value == ".";
        if (!isMonthFirst || isDayFirst || isPointed)
            yield return Date(year, b, a);
        if ((!isDayFirst || isMonthFirst) && !isPointed)
            yield return Date(year, a, b);
        if (match.Groups["y"].Length == 2)
            yield return Date(Full(a), b, Number(match, "y"));
    }

    private static int Year(Match match) => match.Groups["y"].Length == 2 ? Full(Number(match, "y")) : Number(match, "y");

    private static int Full(int year) => year < CenturyFrom ? 2000 + year : 1900 + year;

    // A whole name, or its first three or four letters.
    private static int Month(string name) => 1 + Array.FindIndex(Months, names => names.Any(full =>
        full == name || (name.Length is 3 or 4 && full.StartsWith(name, StringComparison.Ordinal))));

    private static DateOnly? Date(int year, int month, int day) =>
        year is >= 1000 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? new(year, month, day)
            : null;

    private static int Number(Match match, string group) =>
        int.TryParse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;

    [GeneratedRegex(
        @"(?<![0-9])(?<y>[0-9]{4}) ?[-/.年] ?(?<m>[0-9]{1,2}) ?[-/.月] ?(?<d>[0-9]{1,2})(?![0-9])( ?日)?",
        RegexOptions.ExplicitCapture)]
    private static partial Regex YearFirst();

    [GeneratedRegex(
        @"(?<e>令 ?和|平 ?成|昭 ?和|大 ?正|明 ?治|(?<!\p{L})[rhstm])\.? ?"
            + @"(?<y>[0-9]{1,2}|元) ?[-/.年] ?(?<m>[0-9]{1,2}) ?[-/.月] ?(?<d>[0-9]{1,2})(?![0-9])( ?日)?",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Era();

    [GeneratedRegex(
        @"(?<![\p{L}0-9])(?<y>(19|20)[0-9]{2})(?<m>[01][0-9])(?<d>[0-3][0-9])(?![\p{L}0-9])", RegexOptions.ExplicitCapture)]
    private static partial Regex Compact();

    [GeneratedRegex(
        @"(?<![\p{L}0-9])"
            + @"((?<d>[0-9]{1,2})(st|nd|rd|th|er|\.)?[ -]?(of |de )?(?<mon>\p{L}{3,10})\.?,?[ -]?(de |del )?'?(?<y>[0-9]{4}|[0-9]{2})"
            + @"|(?<mon>\p{L}{3,10})\.? ?(?<d>[0-9]{1,2})(st|nd|rd|th)?,? ?(?<y>[0-9]{4}))(?![0-9])",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Named();

    [GeneratedRegex(
        @"(?<![0-9./-])(?<a>[0-9]{1,2}) ?(?<sep>[-/.]) ?(?<b>[0-9]{1,2}) ?\k<sep> ?(?<y>[0-9]{4}|[0-9]{2})(?![0-9])",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Numeric();
}
