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
/// <param name="archive">What pictures and objects stand in; null for a document of one XML file.</param>
/// <param name="text">Where the blocks go.</param>
/// <param name="options">The limits.</param>
/// <param name="roots">The parts that styles stand in, the document's own first.</param>
/// <param name="cancellationToken">Stops reading.</param>
internal sealed class OpenBlocks(
    ZipArchive? archive, DocumentText text, ExtractOptions options, IReadOnlyList<XElement> roots, CancellationToken cancellationToken)
{
    private readonly OpenStyles _styles = new(roots);
    private readonly OpenLists _lists = new(roots);
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
                    var level = int.TryParse(element.Att("outline-level"), CultureInfo.InvariantCulture, out var outline) ? outline : 1;
                    text.Heading(level, Line(element) is { Length: > 0 } title ? $"{_lists.Heading(level)} {title}".Trim() : "");
                    break;
                case "p":
                    if (Line(element) is { Length: > 0 } line)
                        text.Paragraph(bullet + line);
                    bullet = bullet.Length == 0 ? "" : new string(' ', bullet.Length);
                    break;
                case "list":
                    foreach (var (item, label) in _lists.Items(element))
                        Add(item, new string(' ', bullet.Length) + (label.Length > 0 ? $"{label} " : ""));
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
                case "section" when element.Att("display") == "none":
                    text.Remark("The document has hidden text, which was left out.");
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
        var isHidden = _styles.IsHiddenTable(sheet);
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
            var isHidden = _styles.IsHiddenSlide(slide);
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
                case "span" when _styles.IsHiddenText(element):
                    text.Remark("The document has hidden text, which was left out.");
                    break;
                case "span" when _styles.IsStruck(element):
                    line.Append(DrawingText.Struck(Line(element)));
                    break;
                case "span" when _styles.Index(element) is { } isRaised:
                    line.Append(DrawingText.Index(Line(element), isRaised));
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
                if (archive?.GetEntry(name) is not null)
                    return text.Picture(name, element.Att("mime-type") ?? TypeOf(name));
                if (element.Child("binary-data") is null)
                    text.Outside("pictures that are linked and not embedded");
                else
                    text.Missed("pictures within the XML of a flat document");
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
        if (archive?.GetEntry(name) is not { } entry)
            return null;
        using var stream = entry.Open();
        var inner = PartXml.Load(stream);
        if (inner.Name.LocalName == "math")
        {
            return MathMarkup.Of(inner);
        }

        // The document's body is called as the chart in it.
        if (inner.All("chart").FirstOrDefault(each => !each.Children("chart").Any()) is { } chart)
        {
            // The values of a chart stand beside it as a table.
            var lines = chart.Children("title").Select(title => title.Value.Trim()).Concat(
                chart.All("table-row").Select(row => string.Join(" | ", row.Children("table-cell").Select(cell => cell.Value.Trim()))));
            text.Remark("Charts were read as tables of the values that they last showed.");
            return $"\nChart: {string.Join('\n', lines)}\n";
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
