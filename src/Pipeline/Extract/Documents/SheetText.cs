using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>
/// The cells of an XLSX, sheet by sheet, as they were last calculated; dates as dates. Rows are read one at a time, because
/// the size that a sheet declares need not be true.
/// </summary>
internal sealed class SheetText(OfficeText text, ExtractOptions options)
{
    private readonly List<string> _strings = [];
    private readonly HashSet<uint> _dateStyles = [];

    public void Read(SpreadsheetDocument document, CancellationToken cancellationToken)
    {
        var main = document.WorkbookPart ?? throw new InvalidDataException("it has no main part");
        foreach (var item in main.SharedStringTablePart?.SharedStringTable?.Elements<SharedStringItem>() ?? [])
            _strings.Add(Plain(item));
        FindDateStyles(main.WorkbookStylesPart?.Stylesheet);
        foreach (var sheet in main.Workbook?.Sheets?.Elements<Sheet>() ?? [])
        {
            if (!text.HasRoom || sheet.Id?.Value is not { } id || !main.TryGetPartById(id, out var part) || part is not WorksheetPart worksheet)
                continue;
            text.Heading(2, $"Sheet: {sheet.Name?.Value}");
            Rows(worksheet, cancellationToken);
            foreach (var comment in worksheet.WorksheetCommentsPart?.Comments?.CommentList?.Elements<Comment>() ?? [])
                text.Paragraph($"Comment on {comment.Reference?.Value}: {comment.CommentText?.InnerText}");
            foreach (var image in worksheet.DrawingsPart?.ImageParts ?? [])
                text.Paragraph(text.Picture(worksheet.DrawingsPart!, worksheet.DrawingsPart!.GetIdOfPart(image)));
        }
    }

    private void Rows(WorksheetPart worksheet, CancellationToken cancellationToken)
    {
        using var reader = OpenXmlReader.Create(worksheet);
        var rows = 0;
        while (text.HasRoom && reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader.ElementType != typeof(Row) || !reader.IsStartElement)
                continue;
            if (rows == options.MaxSheetRows)
            {
                text.CutSheet();
                break;
            }

            var cells = Cells((Row)reader.LoadCurrentElement()!);
            if (cells.Count == 0)
                continue;
            text.Row(cells, isFirst: rows == 0);
            rows++;
        }

        text.EndTable();
    }

    private List<string> Cells(Row row)
    {
        var cells = new List<string>();
        foreach (var cell in row.Elements<Cell>())
        {
            var value = Value(cell);
            if (value.Length == 0)
                continue;
            var column = Column(cell.CellReference?.Value) ?? cells.Count;
            if (column >= options.MaxSheetColumns)
            {
                text.CutSheet();
                break;
            }

            while (cells.Count < column)
                cells.Add("");
            cells.Add(value);
        }

        return cells;
    }

    private string Value(Cell cell)
    {
        var value = cell.CellValue?.Text ?? "";
        if (cell.DataType?.Value is not { } type)
            return AsDate(cell, value) ?? value;
        if (type == CellValues.SharedString)
            return int.TryParse(value, CultureInfo.InvariantCulture, out var index) && index >= 0 && index < _strings.Count ? _strings[index] : "";
        if (type == CellValues.InlineString)
            return cell.InlineString is { } inline ? Plain(inline) : "";
        if (type == CellValues.Boolean)
            return value == "1" ? "TRUE" : "FALSE";
        return type == CellValues.Number ? AsDate(cell, value) ?? value : value;
    }

    private string? AsDate(Cell cell, string value)
    {
        const double lastDay = 2_958_466;
        if (cell.StyleIndex?.Value is not { } style || !_dateStyles.Contains(style)
            || !double.TryParse(value, CultureInfo.InvariantCulture, out var days) || days is < 0 or >= lastDay)
        {
            return null;
        }

        var date = DateTime.FromOADate(days);
        return date.TimeOfDay == TimeSpan.Zero
            ? date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : date.ToString(days < 1 ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
    }

    private void FindDateStyles(Stylesheet? styles)
    {
        var dateFormats = new HashSet<uint>([14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47]);
        foreach (var format in styles?.NumberingFormats?.Elements<NumberingFormat>() ?? [])
        {
            if (format.NumberFormatId?.Value is { } id && IsDateFormat(format.FormatCode?.Value ?? ""))
                dateFormats.Add(id);
        }

        var index = 0u;
        foreach (var format in styles?.CellFormats?.Elements<CellFormat>() ?? [])
        {
            if (format.NumberFormatId?.Value is { } id && dateFormats.Contains(id))
                _dateStyles.Add(index);
            index++;
        }
    }

    // Letters of years, months, days, hours and seconds outside of quotes and brackets.
    private static bool IsDateFormat(string code)
    {
        var isQuoted = false;
        var brackets = 0;
        foreach (var character in code)
        {
            if (character == '"')
                isQuoted = !isQuoted;
            else if (character == '[')
                brackets++;
            else if (character == ']')
                brackets--;
            else if (!isQuoted && brackets == 0 && "ymdhsYMDHS".Contains(character, StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    // A phonetic reading of Japanese text is beside the text, not in it.
    private static string Plain(OpenXmlElement item) =>
        string.Concat(item.Descendants<Text>().Where(part => part.Parent is not PhoneticRun).Select(part => part.Text));

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
}
