using System.Globalization;
using System.Xml.Linq;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;

namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>A cell style of a workbook.</summary>
/// <param name="Format">How a number is displayed.</param>
/// <param name="IsStruck">Whether the cell is struck through.</param>
internal sealed record CellStyle(CellFormat Format, bool IsStruck)
{
    /// <summary>The style of a cell that names none.</summary>
    public static readonly CellStyle General = new(CellFormat.General, IsStruck: false);
}

/// <summary>The cell styles of a workbook.</summary>
internal static class CellStyles
{
    /// <summary>By the number of the style.</summary>
    /// <param name="styles">The root of the part of styles, or null when there is none.</param>
    public static IReadOnlyList<CellStyle> Read(XElement? styles)
    {
        var own = new Dictionary<uint, CellFormat>();
        foreach (var format in styles.Child("numFmts").Children("numFmt"))
        {
            if (Number(format, "numFmtId") is { } id)
                own[id] = CellFormat.Of(format.Att("formatCode"));
        }

        var struck = styles.Child("fonts").Children("font").Select(font => font.IsOn("strike")).ToList();
        return
        [
            .. styles.Child("cellXfs").Children("xf").Select(style => new CellStyle(
                Number(style, "numFmtId") is not { } id
                    ? CellFormat.General
                    : own.TryGetValue(id, out var format) ? format : CellFormat.BuiltIn(id),
                Number(style, "fontId") is { } font && font < struck.Count && struck[(int)font])),
        ];
    }

    private static uint? Number(XElement element, string name) =>
        uint.TryParse(element.Att(name), CultureInfo.InvariantCulture, out var number) ? number : null;
}
