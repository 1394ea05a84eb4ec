using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>
/// The cells of an XLSX, sheet by sheet, as they are displayed. Rows are read one at a time, because the size that a sheet
/// declares need not be true.
/// </summary>
internal sealed class SheetText(DocumentText text, ExtractOptions options, CancellationToken cancellationToken)
{
    private readonly SheetFindings _found = new();

    public void Read(OfficePart main)
    {
        var workbook = PartXml.Load(main);
        var cells = new CellReader(
            Strings(main.OfKind("sharedStrings").FirstOrDefault()),
            CellStyles.Read(main.OfKind("styles").FirstOrDefault() is { } styles ? PartXml.Load(styles) : null),
            workbook.Child("workbookPr")?.Att("date1904") is "1" or "true" or "on");
        foreach (var sheet in workbook.Child("sheets").Children("sheet"))
        {
            if (!text.HasRoom)
                break;
            if (main.Related(sheet.Att("id")) is not { } part)
            {
                text.Missed("sheets that are missing from the file", sheet.Att("name"));
                continue;
            }

            var isHidden = sheet.Att("state") is "hidden" or "veryHidden";
            text.Heading(2, $"Sheet: {sheet.Att("name")}{(isHidden ? " (hidden)" : "")}");
            if (isHidden)
                text.Remark("The workbook has hidden sheets; they are marked.");
            Rows(part, cells, sheet.Att("name") ?? "");
            Beside(main, part);
            if (part.ContentType.Contains("dialogsheet", StringComparison.Ordinal)
                || part.ContentType.Contains("macrosheet", StringComparison.Ordinal))
            {
                text.Missed("sheets of macros or dialogs");
            }
        }

        if (_found.RichCells > 0)
            text.Remark(ReadingNote.Gap(FormattableString.Invariant($"Not read: {_found.RichCells} pictures or records in cells.")));
        if (_found.Lost > 0)
        {
            text.Remark(ReadingNote.Gap(
                FormattableString.Invariant($"{_found.Lost} cells hold a formula without a stored value or a text: they are marked.")));
        }

        if (_found.Uncalculated > 0)
        {
            text.Remark(
                FormattableString.Invariant(
                    $"{_found.Uncalculated} cells hold a formula without a stored value: the formula is shown in its place."));
        }

        if (_found.IsCut)
        {
            text.Remark(ReadingNote.Gap(
                FormattableString.Invariant(
                    $"Of each sheet, only the first {options.MaxSheetRows} rows and {options.MaxSheetColumns} columns were read.")));
        }
    }

    private void Beside(OfficePart main, OfficePart sheet)
    {
        CellComments.Add(main, sheet, text);
        foreach (var drawings in sheet.OfKind("drawing"))
            DrawingText.Add(drawings, PartXml.Load(drawings), text);
        foreach (var embedded in sheet.OfKind("package").Concat(sheet.OfKind("oleObject")))
            DrawingText.Embedded(embedded, Path.GetFileName(embedded.Name), text);
    }

    private void Rows(OfficePart part, CellReader cells, string sheet)
    {
        using var stream = part.Open();
        using var reader = PartXml.Open(stream);
        var hiddenColumns = new List<(int First, int Last)>();
        var rows = 0;
        var number = 0;
        XElement? margins = null;
        _found.Formulas = new();
        reader.Read();
        while (text.HasRoom && !reader.EOF)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader.NodeType != XmlNodeType.Element || reader.LocalName is not ("row" or "col" or "headerFooter"))
            {
                reader.Read();
                continue;
            }

            if (rows > options.MaxSheetRows && reader.LocalName == "row")
            {
                reader.Skip();
                continue;
            }

            var element = (XElement)XNode.ReadFrom(reader);
            if (element.Name.LocalName == "headerFooter")
            {
                margins = element;
                continue;
            }

            if (element.Name.LocalName == "col")
            {
                if (element.Att("hidden") is "1" or "true")
                    hiddenColumns.Add((Number(element.Att("min")), Number(element.Att("max"))));
                continue;
            }

            if (rows == 0 && hiddenColumns.Count > 0)
            {
                text.Paragraph(ColumnNames.Hidden(hiddenColumns));
                text.Remark(ColumnNames.Remark);
            }

            // A row without a number stands below the one before it, be that one empty or not.
            number = int.TryParse(element.Att("r"), CultureInfo.InvariantCulture, out var own) ? own : number + 1;
            var line = cells.Read(element, number, options.MaxSheetColumns, _found);
            if (line.Count == 0)
                continue;
            // Rows that are empty, of which many have a format, are not missed.
            if (rows == options.MaxSheetRows)
            {
                _found.IsCut = true;
                rows++;
                continue;
            }

            if (element.Att("hidden") is "1" or "true")
            {
                line[0] = $"(hidden row) {line[0]}";
                text.Remark("Sheets have hidden rows; they are marked.");
            }

            text.Row(line, isFirst: rows == 0, sheet, number);
            rows++;
        }

        text.EndTable();
        if (margins is not null)
            PrintedMargins.Add(margins, sheet, text);
    }

    private static List<string> Strings(OfficePart? part)
    {
        var strings = new List<string>();
        foreach (var item in part is null ? [] : PartXml.Stream(part, "sst"))
            strings.Add(CellReader.Plain(item));
        return strings;
    }

    private static int Number(string? text) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? Math.Clamp(number, 1, ColumnNames.Last) : 1;
}
