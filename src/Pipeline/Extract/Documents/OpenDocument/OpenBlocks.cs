using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Office;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Documents.OpenDocument;

/// <summary>The blocks of an OpenDocument: headings, paragraphs, lists, tables, frames; sheets and slides are made of them.</summary>
internal sealed class OpenBlocks(
    ZipArchive archive, DocumentText text, ExtractOptions options, XElement content, CancellationToken cancellationToken)
{
    private readonly HashSet<string> _hiddenTables = Hidden(content, "table-properties", "display", "false");
    private readonly HashSet<string> _hiddenSlides = Hidden(content, "drawing-page-properties", "visibility", "hidden");
    private readonly HashSet<string> _hiddenText = Hidden(content, "text-properties", "display", "none");
    private readonly HashSet<string> _struck = [.. content.All("style")
        .Where(style => style.Child("text-properties")?.Att("text-line-through-style") is { } line && line != "none")
            .Select(style => style.Att("name") ?? "")];

    private readonly Dictionary<string, string?> _objects = new(StringComparer.Ordinal);
    private readonly List<XElement> _notes = [];
    private readonly HashSet<XElement> _seenNotes = [];
    private bool _isCut;

    /// <summary>Adds all blocks below an element.</summary>
    public void Add(XElement parent, string bullet = "")
    {
        foreach (var element in parent.Elements())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!text.HasRoom)
                return;
            switch (element.Name.LocalName)
            {
                case "h":
                    text.Heading(
                        int.TryParse(element.Att("outline-level"), CultureInfo.InvariantCulture, out var level) ? level : 1, Line(element));
                    break;
                case "p":
                    if (Line(element) is { Length: > 0 } line)
                        text.Paragraph(bullet + line);
                    bullet = bullet.Length == 0 ? "" : new string(' ', bullet.Length);
                    break;
                case "list":
                    foreach (var item in element.Children("list-header").Concat(element.Children("list-item")))
                        Add(item, new string(' ', bullet.Length) + "- ");
                    break;
                case "table":
                    Table(element, sheet: null);
                    break;
                case "tracked-changes":
                    text.Remark("The document has tracked changes: it was read as if they were accepted.");
                    break;
                case "notes"
                    or "forms"
                    or "sequence-decls"
                    or "variable-decls"
                    or "index-title-template"
                    or "table-of-content-source"
                    or "settings":
                    break;
                case "annotation":
                    Note(element);
                    break;
                default:
                    if (Object(element) is { } mark)
                        text.Paragraph(mark);
                    else
                        Add(element, bullet);
                    break;
            }
        }
    }

    /// <summary>Adds a sheet.</summary>
    public void Sheet(XElement sheet)
    {
        var isHidden = _hiddenTables.Contains(sheet.Att("style-name") ?? "");
        text.Heading(2, $"Sheet: {sheet.Att("name")}{(isHidden ? " (hidden)" : "")}");
        if (isHidden)
            text.Remark("The workbook has hidden sheets; they are marked.");
        Table(sheet, sheet.Att("name") ?? "");
        if (sheet.Child("shapes") is { } shapes)
            Add(shapes);
    }

    /// <summary>Adds all slides.</summary>
    public void Slides(XElement body)
    {
        var number = 0;
        foreach (var slide in body.Children("page"))
        {
            number++;
            var isHidden = _hiddenSlides.Contains(slide.Att("style-name") ?? "");
            text.Place(FormattableString.Invariant($"slide {number}"));
            text.Heading(2, FormattableString.Invariant($"Slide {number}{(isHidden ? " (hidden)" : "")}"));
            if (isHidden)
                text.Remark("The presentation has hidden slides; they are marked.");
            Add(slide);
            if (slide.Child("notes") is { } notes && notes.All("p").Any(line => line.Value.Trim().Length > 0))
            {
                text.Heading(3, "Notes");
                Add(notes);
            }
        }
    }

    /// <summary>Adds what stands above or below every page.</summary>
    public void Page(string title, XElement? styles, string name)
    {
        foreach (var part in styles.All(name).Where(part => part.Value.Trim().Length > 0))
        {
            text.Heading(2, title);
            Add(part);
        }
    }

    /// <summary>Adds footnotes and comments, and says what was cut.</summary>
    public void End()
    {
        if (_notes.Count > 0)
            text.Heading(2, "Notes");
        // A note may have notes, which come behind it.
        for (var index = 0; index < _notes.Count; index++)
        {
            var note = _notes[index];
            if (note.Name.LocalName == "annotation")
                text.Paragraph($"Comment of {note.Child("creator")?.Value}: {string.Join(' ', note.All("p").Select(Line))}");
            else
                Add(note.Child("note-body") ?? note);
        }

        if (_isCut)
        {
            text.Remark(ReadingNote.Gap(
                FormattableString.Invariant(
                    $"Of each sheet, only the first {options.MaxSheetRows} rows and {options.MaxSheetColumns} columns were read.")));
        }
    }

    private static HashSet<string> Hidden(XElement content, string properties, string attribute, string value) =>
        [.. content.All("style").Where(style => style.Child(properties)?.Att(attribute) == value).Select(style => style.Att("name") ?? "")];

    private void Note(XElement note)
    {
        if (_seenNotes.Add(note))
            _notes.Add(note);
    }

    private void Table(XElement table, string? sheet)
    {
        if (sheet is not null)
            HiddenColumns(table);
        var (rows, number) = (0, 0);
        foreach (var row in table.Descendants().Where(element => element.Name.LocalName == "table-row" && Owner(element) == table))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var cells = Cells(row, sheet is not null);
            var repeats = Repeated(row, "number-rows-repeated");
            if (cells.Count == 0)
            {
                number += repeats;
                continue;
            }

            if (row.Att("visibility") is "collapse" or "filter")
            {
                cells[0] = $"(hidden row) {cells[0]}";
                text.Remark("Sheets have hidden rows; they are marked.");
            }

            // A row that is repeated is stored once: as far down as the sheet goes, when it is empty.
            for (var repeat = repeats; repeat > 0 && text.HasRoom; repeat--)
            {
                number++;
                if (rows == options.MaxSheetRows)
                {
                    _isCut = true;
                    break;
                }

                text.Row(cells, isFirst: rows == 0, sheet, sheet is null ? null : number);
                rows++;
            }
        }

        text.EndTable();
    }

    private void HiddenColumns(XElement table)
    {
        var hidden = new List<(int First, int Last)>();
        var column = 1;
        foreach (var each in table.Descendants().Where(element => element.Name.LocalName == "table-column" && Owner(element) == table))
        {
            var last = (int)Math.Min(column + (long)Repeated(each, "number-columns-repeated") - 1, ColumnNames.Last);
            if (each.Att("visibility") is "collapse" or "filter")
                hidden.Add((column, last));
            column = Math.Min(last + 1, ColumnNames.Last);
        }

        if (hidden.Count == 0)
            return;
        text.Paragraph(ColumnNames.Hidden(hidden));
        text.Remark(ColumnNames.Remark);
    }

    private List<string> Cells(XElement row, bool isSheet)
    {
        var cells = new List<string>();
        var column = 0;
        foreach (var cell in row.Elements().Where(element => element.Name.LocalName is "table-cell" or "covered-table-cell"))
        {
            var repeat = Repeated(cell, "number-columns-repeated");
            var value = cell.Name.LocalName == "covered-table-cell" ? "" : Cell(cell);
            for (; repeat > 0; repeat--, column++)
            {
                if (column >= options.MaxSheetColumns)
                {
                    _isCut |= value.Length > 0;
                    break;
                }

                if (value.Length == 0 && isSheet)
                    continue;
                while (cells.Count <= column)
                    cells.Add("");
                cells[column] = value;
            }
        }

        return cells;
    }

    private string Cell(XElement cell)
    {
        foreach (var comment in cell.Children("annotation"))
            Note(comment);
        var lines = cell.Elements().Where(element => element.Name.LocalName != "annotation")
            .Select(element => element.Name.LocalName == "list" ? string.Join('\n', element.All("p").Select(Line)) : Line(element))
                .Where(line => line.Length > 0)
                .ToList();
        if (lines.Count > 0)
            return string.Join('\n', lines);
        return cell.Att("value") ?? cell.Att("date-value") ?? cell.Att("time-value") ?? cell.Att("string-value")
            ?? (cell.Att("formula") is { } formula ? $"={formula[(formula.IndexOf('=', StringComparison.Ordinal) + 1)..]}" : "");
    }

    private string Line(XElement parent)
    {
        var line = new StringBuilder();
        Inline(parent, line);
        return line.ToString().Trim();
    }

    private void Inline(XElement parent, StringBuilder line)
    {
        foreach (var node in parent.Nodes())
        {
            if (node is XText words)
                line.Append(words.Value.ReplaceLineEndings(" "));
            if (node is not XElement element)
                continue;
            switch (element.Name.LocalName)
            {
                case "s":
                    line.Append(' ', Math.Clamp(Repeated(element, "c"), 1, 200));
                    break;
                case "tab":
                    line.Append('\t');
                    break;
                case "line-break":
                    line.Append('\n');
                    break;
                case "ruby":
                    Inline(element.Child("ruby-base") ?? element, line);
                    break;
                case "note" or "annotation":
                    Note(element);
                    break;
                case "annotation-end"
                    or "hidden-text"
                    or "hidden-paragraph"
                    or "bookmark-start"
                    or "bookmark-end"
                    or "change"
                    or "change-start"
                    or "change-end":
                    break;
                case "span" when _hiddenText.Contains(element.Att("style-name") ?? ""):
                    text.Remark("The document has hidden text, which was left out.");
                    break;
                case "span" when _struck.Contains(element.Att("style-name") ?? ""):
                    line.Append(DrawingText.Struck(Line(element)));
                    break;
                case "p" or "h":
                    if (line.Length > 0)
                        line.Append('\n');
                    Inline(element, line);
                    break;
                default:
                    if (Object(element) is { } mark)
                        line.Append(mark);
                    else
                        Inline(element, line);
                    break;
            }
        }
    }

    // A picture's mark, an equation, or an empty string for what was counted; null when the element is none of them.
    private string? Object(XElement element)
    {
        switch (element.Name.LocalName)
        {
            case "frame" when element.Child("object") is { } inner:
                return Embedded(inner.Att("href") ?? "", element);
            case "frame" when element.Child("object-ole") is not null:
                text.Missed("embedded documents", element.Att("name"));
                return "";
            case "image":
                var name = (element.Att("href") ?? "").TrimStart('.', '/');
                if (archive.GetEntry(name) is not null)
                    return text.Picture(name, element.Att("mime-type") ?? TypeOf(name));
                text.Outside("pictures that are linked and not embedded");
                return "";
            case "plugin" or "floating-frame" or "applet":
                text.Missed("embedded videos and sounds");
                return "";
            default:
                return null;
        }
    }

    private string Embedded(string address, XElement frame)
    {
        var name = $"{address.TrimStart('.', '/')}/content.xml";
        // An object may be shown any number of times: it is read once.
        if (!_objects.TryGetValue(name, out var shown))
            _objects[name] = shown = Shown(name);
        if (shown is null)
            text.Missed("embedded documents", frame.Att("name"));
        return shown ?? "";
    }

    private string? Shown(string name)
    {
        if (archive.GetEntry(name) is not { } entry)
            return null;
        using var stream = entry.Open();
        var inner = PartXml.Load(stream);
        if (inner.Name.LocalName == "math")
        {
            return inner.All("annotation").FirstOrDefault()?.Value.Trim()
                ?? string.Concat(inner.Descendants().Where(each => !each.HasElements).Select(each => each.Value));
        }

        if (inner.All("chart").FirstOrDefault() is { } chart)
        {
            // The values of a chart stand beside it as a table.
            var lines = chart.Children("title").Select(title => title.Value.Trim()).Concat(
                chart.All("table-row").Select(row => string.Join(" | ", row.Children("table-cell").Select(cell => cell.Value.Trim()))));
            text.Remark("Charts were read as tables of the values that they last showed.");
            return $"Chart: {string.Join('\n', lines)}";
        }

        return null;
    }

    private static string TypeOf(string name) => Path.GetExtension(name).ToLowerInvariant() switch
    {
        ".png" => "image/png",
        ".jpg" or ".jpeg" => "image/jpeg",
        ".gif" => "image/gif",
        ".tif" or ".tiff" => "image/tiff",
        ".webp" => "image/webp",
        _ => "",
    };

    private static int Repeated(XElement element, string attribute) =>
        int.TryParse(element.Att(attribute), CultureInfo.InvariantCulture, out var count) ? Math.Max(1, count) : 1;

    private static XElement? Owner(XElement row) => row.Ancestors().FirstOrDefault(element => element.Name.LocalName == "table");
}
