using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;

namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>The cells of a row as they are displayed.</summary>
/// <param name="strings">The workbook's shared strings.</param>
/// <param name="formats">The workbook's cell styles.</param>
/// <param name="is1904">Whether days are counted from 1904.</param>
internal sealed partial class CellReader(IReadOnlyList<string> strings, IReadOnlyList<CellFormat> formats, bool is1904)
{
    private const int LongestFormula = 200;

    /// <summary>The row's cells up to the last that is not empty.</summary>
    public List<string> Read(XElement row, int maxColumns, ref int uncalculated, ref bool isCut)
    {
        var cells = new List<string>();
        var next = 0;
        foreach (var cell in row.Children("c"))
        {
            // A cell without a reference stands behind the one before it, be that one empty or not.
            var column = Column(cell.Att("r")) ?? next;
            next = column + 1;
            var value = Value(cell, ref uncalculated);
            if (value.Length == 0)
                continue;
            if (column >= maxColumns)
            {
                isCut = true;
                break;
            }

            while (cells.Count <= column)
                cells.Add("");
            cells[column] = value;
        }

        return cells;
    }

    /// <summary>The text of a shared or inline string; a phonetic reading of Japanese is beside it, not in it.</summary>
    public static string Plain(XElement item) => Unescape(string.Concat(
        item.Descendants().Where(part => part.Name.LocalName == "t" && part.Parent!.Name.LocalName != "rPh").Select(part => part.Value)));

    private string Value(XElement cell, ref int uncalculated)
    {
        var value = cell.Child("v")?.Value ?? "";
        var format = int.TryParse(cell.Att("s"), CultureInfo.InvariantCulture, out var style) && style >= 0 && style < formats.Count
            ? formats[style]
            : CellFormat.General;
        var type = cell.Att("t");
        if (type == "inlineStr")
            return cell.Child("is") is { } inline ? format.ShowText(Plain(inline)) : "";
        if (value.Length == 0)
            return Formula(cell.Child("f"), type, ref uncalculated);
        return type switch
        {
            "s" =>
                int.TryParse(value, CultureInfo.InvariantCulture, out var index) && index >= 0 && index < strings.Count
                    ? format.ShowText(strings[index])
                    : "",
            "b" => value == "1" ? "TRUE" : "FALSE",
            "str" => format.ShowText(Unescape(value)),
            "e" or "d" => value,
            _ => format.Show(value, is1904),
        };
    }

    // Programs that write workbooks do not calculate: what they leave out is calculated when the workbook is opened.
    private static string Formula(XElement? formula, string? type, ref int uncalculated)
    {
        // A formula whose result is an empty text has a stored value, an empty one.
        if (formula is null || type == "str")
            return "";
        uncalculated++;
        var text = formula.Value.Trim();
        return text.Length == 0 ? "=…" : text.Length <= LongestFormula ? $"={text}" : $"={text[..LongestFormula]}…";
    }

    // What XML cannot hold is written as _x000D_, and an underscore that looks like that as _x005F_.
    private static string Unescape(string text) => !text.Contains("_x", StringComparison.Ordinal)
        ? text
        : Escape().Replace(text, match =>
        {
            var character = (char)ushort.Parse(match.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            return character is '\r'
                ? ""
                : char.IsControl(character) && character is not ('\n' or '\t')
                    ? " "
                    : char.IsSurrogate(character) ? "\uFFFD" : character.ToString();
        });

    private static int? Column(string? reference)
    {
        var column = 0;
        foreach (var character in reference ?? "")
        {
            if (!char.IsAsciiLetterUpper(character))
                break;
            column = Math.Min((column * 26) + character - 'A' + 1, 1 << 20);
        }

        return column == 0 ? null : column - 1;
    }

    [GeneratedRegex("_x([0-9A-Fa-f]{4})_")]
    private static partial Regex Escape();
}
