using System.Globalization;

namespace Qwen35Batch.Pipeline.Extract.Documents.Content;

/// <summary>The numbers of lists in digits, letters and the ways of counting of other languages.</summary>
internal static class ListNumbers
{
    /// <summary>A number as a list shows it.</summary>
    /// <param name="value">From 1.</param>
    /// <param name="format">A format as Word names it; one that is not known counts in digits.</param>
    public static string Of(int value, string format) => format switch
    {
        "none" => "",
        "upperRoman" => Roman(value),
        "lowerRoman" => Roman(value).ToLowerInvariant(),
        "upperLetter" => Letters(value, 'A', 26),
        "lowerLetter" => Letters(value, 'a', 26),
        "decimalZero" => value.ToString("00", CultureInfo.InvariantCulture),
        "ordinal" => Ordinal(value),
        "decimalEnclosedCircle" or "decimalEnclosedCircleChinese" when value is >= 1 and <= 20 => ((char)('①' + value - 1)).ToString(),
        "decimalEnclosedParen" => FormattableString.Invariant($"({value})"),
        "decimalEnclosedFullstop" => FormattableString.Invariant($"{value}."),
        "decimalFullWidth" or "decimalFullWidth2" =>
            string.Concat(
                value.ToString(CultureInfo.InvariantCulture).Select(digit => char.IsAsciiDigit(digit) ? (char)(digit + 0xFEE0) : digit)),
        "japaneseCounting"
            or "chineseCounting"
            or "chineseCountingThousand"
            or "japaneseLegal"
            or "taiwaneseCounting"
            or "taiwaneseCountingThousand" => Kanji(value),
        "ideographTraditional" => Cycled(value, "甲乙丙丁戊己庚辛壬癸"),
        "ideographZodiac" => Cycled(value, "子丑寅卯辰巳午未申酉戌亥"),
        "ideographDigital" or "japaneseDigitalTenThousand" or "taiwaneseDigital" =>
            string.Concat(
                value.ToString(CultureInfo.InvariantCulture).Select(digit => char.IsAsciiDigit(digit) ? "〇一二三四五六七八九"[digit - '0'] : digit)),
        "aiueoFullWidth" => Cycled(value, "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"),
        "aiueo" => Cycled(value, "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝ"),
        "irohaFullWidth" or "iroha" => Cycled(value, "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセスン"),
        "ganada" => Cycled(value, "가나다라마바사아자차카타파하"),
        "russianUpper" => Cycled(value, "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯ"),
        "russianLower" => Cycled(value, "абвгдежзиклмнопрстуфхцчшщыэюя"),
        _ => value.ToString(CultureInfo.InvariantCulture),
    };

    private static string Letters(int value, char first, int count)
    {
        // After z comes aa, then bb.
        if (value is < 1 or > 780)
            return value.ToString(CultureInfo.InvariantCulture);
        return new((char)(first + ((value - 1) % count)), ((value - 1) / count) + 1);
    }

    private static string Cycled(int value, string letters) =>
        value < 1 ? value.ToString(CultureInfo.InvariantCulture) : letters[(value - 1) % letters.Length].ToString();

    private static string Roman(int value)
    {
        if (value is < 1 or > 3999)
            return value.ToString(CultureInfo.InvariantCulture);
        var text = "";
        foreach (var (worth, sign) in new[]
                 {
                     (1000, "M"),
                     (900, "CM"),
                     (500, "D"),
                     (400, "CD"),
                     (100, "C"),
                     (90, "XC"),
                     (50, "L"),
                     (40, "XL"),
                     (10, "X"),
                     (9, "IX"),
                     (5, "V"),
                     (4, "IV"),
                     (1, "I"),
                 })
        {
            for (; value >= worth; value -= worth)
                text += sign;
        }

        return text;
    }

    private static string Ordinal(int value) => FormattableString.Invariant($"{value}")
        + (value % 100 is 11 or 12 or 13 ? "th" : (value % 10) switch
        {
            1 => "st",
            2 => "nd",
            3 => "rd",
            _ => "th",
        });

    private static string Kanji(int value)
    {
        if (value is < 1 or > 9999)
            return value.ToString(CultureInfo.InvariantCulture);
        var text = "";
        foreach (var (worth, sign) in new[] { (1000, "千"), (100, "百"), (10, "十"), (1, "") })
        {
            var digit = value / worth % 10;
            if (digit > 0)
                text += (digit == 1 && worth > 1 ? "" : "一二三四五六七八九"[digit - 1].ToString()) + sign;
        }

        return text;
    }
}
