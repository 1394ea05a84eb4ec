using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;

namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>The cells of a row as they are displayed.</summary>
/// <param name="strings">The workbook's shared strings.</param>
/// <param name="styles">The workbook's cell styles.</param>
/// <param name="is1904">Whether days are counted from 1904.</param>
internal sealed partial class CellReader(IReadOnlyList<string> strings, IReadOnlyList<CellStyle> styles, bool is1904)
{
    private const int LongestFormula = 200;

    /// <summary>The row's cells up to the last that is not empty.</summary>
    /// <param name="row">The row.</param>
    /// <param name="number">Its number on the sheet, from 1.</param>
    /// <param name="maxColumns">So many columns are read.</param>
    /// <param name="found">Counts what a reader must know of.</param>
    public List<string> Read(XElement row, int number, int maxColumns, SheetFindings found)
    {
        var cells = new List<string>();
        var next = 0;
        foreach (var cell in row.Children("c"))
        {
            // A cell without a reference stands behind the one before it, be that one empty or not.
            var column = Column(cell.Att("r")) ?? next;
            next = column + 1;
            var value = Value(cell, number, column, found);
            if (value.Length == 0)
                continue;
            if (column >= maxColumns)
            {
                found.IsCut = true;
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
        item.Descendants().Where(part => part.Name.LocalName == "t" && part.Parent!.Name.LocalName != "rPh")
            .Select(part => part.Parent!.Child("rPr").IsOn("strike") ? Struck(part.Value) : part.Value)));

    // The blanks before and behind it are the sentence's.
    private static string Struck(string text)
    {
        var words = text.Trim();
        return words.Length == 0 ? text : text.Replace(words, DrawingText.Struck(words), StringComparison.Ordinal);
    }

    private string Value(XElement cell, int row, int column, SheetFindings found)
    {
        var style = int.TryParse(cell.Att("s"), CultureInfo.InvariantCulture, out var index) && index >= 0 && index < styles.Count
            ? styles[index]
            : CellStyle.General;
        var shown = Shown(cell, style.Format, row, column, found);
        return style.IsStruck ? DrawingText.Struck(shown) : shown;
    }

    private string Shown(XElement cell, CellFormat format, int row, int column, SheetFindings found)
    {
        var value = cell.Child("v")?.Value ?? "";
        var type = cell.Att("t");
        var formula = cell.Child("f");
        if (formula?.Att("si") is { } shared && formula.Value.Trim() is { Length: > 0 } first)
            found.Formulas.Keep(shared, first, row, column);
        if (type == "inlineStr")
            return cell.Child("is") is { } inline ? format.ShowText(Plain(inline)) : "";
        if (value.Length == 0)
            return Formula(formula, type, row, column, found);
        if (type == "e" && cell.Att("vm") is not null)
        {
            found.RichCells++;
            return "";
        }

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
    private static string Formula(XElement? formula, string? type, int row, int column, SheetFindings found)
    {
        // A formula whose result is an empty text has a stored value, an empty one.
        if (formula is null || type == "str")
            return "";
        var text = formula.Value.Trim();
        if (text.Length == 0 && formula.Att("si") is { } shared)
            text = found.Formulas.At(shared, row, column) ?? "";
        if (text.Length == 0)
        {
            found.Lost++;
            return "(formula without a value)";
        }

        found.Uncalculated++;
        return text.Length <= LongestFormula ? $"={text}" : $"={text[..LongestFormula]}…";
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
