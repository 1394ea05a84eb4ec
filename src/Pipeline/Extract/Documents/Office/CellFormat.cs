using System.Globalization;
using ExcelNumberFormat;

namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>How a cell's number is displayed.</summary>
internal sealed class CellFormat
{
    private const int LongestCode = 500;
    private const double LastDay = 2_958_466;

    /// <summary>A number as it is.</summary>
    public static readonly CellFormat General = new("General");

    /// <summary>A date in the system's own form, which this system does not know: as ISO 8601 says it.</summary>
    public static readonly CellFormat SystemDate = new("yyyy-mm-dd");

    private readonly string _code;
    private readonly NumberFormat? _format;

    private CellFormat(string code)
    {
        _code = code;
        _format = code.Equals("General", StringComparison.OrdinalIgnoreCase) || code.Length > LongestCode ? null : new(code);
        if (_format is { IsValid: false })
            _format = null;
    }

    /// <summary>The format of a code such as <c>#,##0.00</c>.</summary>
    public static CellFormat Of(string? code) => code switch
    {
        null or "" => General,
        _ when code.StartsWith("[$-F800]", StringComparison.OrdinalIgnoreCase) => SystemDate,
        _ when code.StartsWith("[$-F400]", StringComparison.OrdinalIgnoreCase) => new("hh:mm:ss"),
        _ => new(code),
    };

    /// <summary>The format of a built-in number.</summary>
    public static CellFormat BuiltIn(uint id) => id switch
    {
        1 => new("0"),
        2 => new("0.00"),
        3 => new("#,##0"),
        4 => new("#,##0.00"),
        5 or 6 => new("$#,##0;($#,##0)"),
        7 or 8 => new("$#,##0.00;($#,##0.00)"),
        9 => new("0%"),
        10 => new("0.00%"),
        11 => new("0.00E+00"),
        12 => new("# ?/?"),
        13 => new("# ??/??"),
        14 => SystemDate,
        15 => new("d-mmm-yy"),
        16 => new("d-mmm"),
        17 => new("mmm-yy"),
        18 => new("h:mm AM/PM"),
        19 => new("h:mm:ss AM/PM"),
        20 => new("h:mm"),
        21 => new("h:mm:ss"),
        22 => new("yyyy-mm-dd h:mm"),
        37 or 38 => new("#,##0;(#,##0)"),
        39 or 40 => new("#,##0.00;(#,##0.00)"),
        41 or 42 => new("#,##0;-#,##0;\"-\""),
        43 or 44 => new("#,##0.00;-#,##0.00;\"-\""),
        45 => new("mm:ss"),
        46 => new("[h]:mm:ss"),
        47 => new("mm:ss.0"),
        48 => new("##0.0E+0"),
        49 => new("@"),
        // What these show depends on the language of the Excel that opens the file: the whole date or time says what all of them say.
        (>= 27 and <= 36) or (>= 50 and <= 58) => new(EastAsian),
        (>= 71 and <= 81) => new(Thai),
        _ => General,
    };

    private const string EastAsian = "[<1]h\"時\"mm\"分\"ss\"秒\";yyyy\"年\"m\"月\"d\"日\"";
    private const string Thai = "yyyy-mm-dd";

    /// <summary>What the cell shows.</summary>
    /// <param name="value">The stored value.</param>
    /// <param name="is1904">Whether the workbook counts days from 1904.</param>
    public string Show(string value, bool is1904)
    {
        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            return value;
        if (_format is null)
            return Plain(number, value);
        if (_code == EastAsian)
            return EastAsianDate(number, is1904) ?? Plain(number, value);
        try
        {
            if ((_format.IsDateTimeFormat || _format.IsTimeSpanFormat) && (number < 0 || number >= LastDay))
                return Plain(number, value);
            var shown = _format.Format(number, CultureInfo.InvariantCulture, is1904).Trim();
            return shown.Length > 0 ? shown : $"(hidden) {Plain(number, value)}";
        }
        catch (Exception exception) when (exception is FormatException
            or ArgumentException
            or OverflowException
            or IndexOutOfRangeException
            or InvalidOperationException)
        {
            return Plain(number, value);
        }
    }

    /// <summary>What a cell with a text shows: a format may put something before or behind it.</summary>
    public string ShowText(string value)
    {
        if (_format is null || value.Length == 0 || _code == "@" || !_code.Contains('@', StringComparison.Ordinal))
            return value;
        try
        {
            return _format.Format(value, CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is FormatException
            or ArgumentException
            or IndexOutOfRangeException
            or InvalidOperationException)
        {
            return value;
        }
    }

    private static string? EastAsianDate(double number, bool is1904)
    {
        if (number is < 0 or >= LastDay)
            return null;
        var date = DateTime.FromOADate(number + (is1904 ? 1462 : number < 60 ? 1 : 0));
        return number < 1
            ? date.ToString("H時mm分ss秒", CultureInfo.InvariantCulture)
            : date.ToString(date.TimeOfDay == TimeSpan.Zero ? "yyyy年M月d日" : "yyyy年M月d日 H時mm分", CultureInfo.InvariantCulture);
    }

    // 15 digits, as many as Excel keeps: 0.1 + 0.2 is stored as 0.30000000000000004 and shown as 0.3.
    private static string Plain(double number, string value)
    {
        var text = number.ToString("G15", CultureInfo.InvariantCulture);
        return value.Length > 15 || value.Contains('E', StringComparison.OrdinalIgnoreCase) ? text : value;
    }
}
