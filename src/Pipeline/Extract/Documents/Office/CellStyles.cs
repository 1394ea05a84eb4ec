using System.Globalization;
using System.Xml.Linq;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;

namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>The formats of a workbook's cell styles.</summary>
internal static class CellStyles
{
    /// <summary>By the number of the style.</summary>
    /// <param name="styles">The root of the part of styles, or null when there is none.</param>
    public static IReadOnlyList<CellFormat> Read(XElement? styles)
    {
        var own = new Dictionary<uint, CellFormat>();
        foreach (var format in styles.Child("numFmts").Children("numFmt"))
        {
            if (Id(format) is { } id)
                own[id] = CellFormat.Of(format.Att("formatCode"));
        }

        return [.. styles.Child("cellXfs").Children("xf").Select(style =>
            Id(style) is not { } id ? CellFormat.General : own.TryGetValue(id, out var format) ? format : CellFormat.BuiltIn(id))];
    }

    private static uint? Id(XElement element) =>
        uint.TryParse(element.Att("numFmtId"), CultureInfo.InvariantCulture, out var id) ? id : null;
}
