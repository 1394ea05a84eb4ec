using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;

namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>The text of a DOCX: headings, paragraphs, lists, tables, pictures in their places; headers, notes and comments after.</summary>
internal sealed class WordText(DocumentText text, CancellationToken cancellationToken)
{
    private WordStyles _styles = new(null);
    private WordNumbering _numbering = new(null);
    private WordRuns _runs = new(text, new(null));

    public void Read(OfficePart main)
    {
        _styles = new(main.OfKind("styles").FirstOrDefault() is { } styles ? PartXml.Load(styles) : null);
        _numbering = new(main.OfKind("numbering").FirstOrDefault() is { } numbering ? PartXml.Load(numbering) : null);
        _runs = new(text, _styles);
        Blocks(main, PartXml.Stream(main, "body"));
        foreach (var header in main.OfKind("header"))
            Section("Header", header);
        foreach (var footer in main.OfKind("footer"))
            Section("Footer", footer);
        Notes("Footnotes", main.OfKind("footnotes").FirstOrDefault(), "footnotes");
        Notes("Endnotes", main.OfKind("endnotes").FirstOrDefault(), "endnotes");
        Comments(main.OfKind("comments").FirstOrDefault());
    }

    private void Section(string title, OfficePart part)
    {
        var content = PartXml.Load(part);
        if (string.IsNullOrWhiteSpace(content.Value)
            && !content.Descendants().Any(element => element.Name.LocalName is "blip" or "imagedata"))
        {
            return;
        }

        text.Heading(2, title);
        Blocks(part, content.Elements());
    }

    private void Notes(string title, OfficePart? part, string root)
    {
        var isFirst = true;
        foreach (var note in part is null ? [] : PartXml.Stream(part, root))
        {
            // The separators between text and notes are notes, too; they have a type.
            if (note.Att("type") is not (null or "normal") || string.IsNullOrWhiteSpace(note.Value))
                continue;
            if (isFirst)
                text.Heading(2, title);
            isFirst = false;
            Blocks(part!, note.Elements());
        }
    }

    private void Comments(OfficePart? part)
    {
        var isFirst = true;
        foreach (var comment in part is null ? [] : PartXml.Stream(part, "comments"))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (isFirst)
                text.Heading(2, "Comments");
            isFirst = false;
            text.Paragraph($"{comment.Att("author")}: {_runs.Line(part!, comment)}");
        }
    }

    private void Blocks(OfficePart part, IEnumerable<XElement> elements)
    {
        foreach (var element in elements)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!text.HasRoom)
                return;
            switch (element.Name.LocalName)
            {
                case "p":
                    Block(part, element);
                    break;
                case "tbl":
                    Rows(part, element);
                    break;
                case "del" or "moveFrom":
                    _runs.RemarkChanges();
                    break;
                case "altChunk":
                    InsertedDocument.Add(part, element.Att("id"), text);
                    break;
                case "AlternateContent":
                    Blocks(part, DrawingText.Chosen(element).Elements());
                    break;
                case "oMath" or "oMathPara":
                    text.Paragraph(EquationText.Of(element));
                    break;
                case "sdtPr" or "sectPr":
                    break;
                default:
                    Blocks(part, element.Elements());
                    break;
            }
        }

        _runs.AddWaiting(part);
    }

    private void Block(OfficePart part, XElement paragraph)
    {
        var properties = paragraph.Child("pPr");
        var style = properties.Val("pStyle");
        var content = _runs.Line(part, paragraph, style);
        var heading = _styles.HeadingLevel(style)
            ?? (int.TryParse(properties.Val("outlineLvl"), CultureInfo.InvariantCulture, out var outline) && outline is >= 0 and < 9
                ? outline + 1
                : null);
        if (content.Length > 0)
        {
            var (label, indent) = Label(properties, style);
            if (heading is { } level)
                text.Heading(level, label is null or "-" ? content : $"{label} {content}");
            else
                text.Paragraph(label is null ? content : $"{new string(' ', 2 * indent)}{label} {content}");
        }

        _runs.AddWaiting(part);
    }

    private (string? Label, int Indent) Label(XElement? properties, string? style)
    {
        var own = properties.Child("numPr");
        var ofStyle = _styles.Numbering(style);
        var id = own.Val("numId") ?? ofStyle?.NumId;
        if (id is null)
            return own is null ? (null, 0) : ("-", Level(own) ?? 0);
        if (id == "0")
            return (null, 0);
        var level = Level(own) ?? ofStyle?.Level ?? (ofStyle is { } found ? _numbering.LevelOf(id, found.StyleId) : null) ?? 0;
        var label = _numbering.Label(id, level);
        return (label.Length == 0 ? null : label, Math.Clamp(level, 0, 8));
    }

    private static int? Level(XElement? numbering) =>
        int.TryParse(numbering.Val("ilvl"), CultureInfo.InvariantCulture, out var level) ? level : null;

    private void Rows(OfficePart part, XElement table)
    {
        var isFirst = true;
        foreach (var row in table.Descendants().Where(element => element.Name.LocalName == "tr" && Table(element) == table))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (row.Child("trPr").Child("del") is not null)
            {
                _runs.RemarkChanges();
                continue;
            }

            var cells = new List<string>();
            foreach (var cell in row.Descendants().Where(element => element.Name.LocalName == "tc" && Row(element) == row))
            {
                cells.Add(Cell(part, cell));
                var span = int.TryParse(cell.Child("tcPr").Val("gridSpan"), CultureInfo.InvariantCulture, out var columns)
                    ? Math.Clamp(columns, 1, 100)
                    : 1;
                cells.AddRange(Enumerable.Repeat("", span - 1));
            }

            if (cells.Count == 0)
                continue;
            text.Row(cells, isFirst);
            isFirst = false;
        }

        text.EndTable();
    }

    // Numbered paragraphs of a cell are counted, too.
    private string Cell(OfficePart part, XElement cell)
    {
        var line = new StringBuilder();
        foreach (var block in cell.Elements())
        {
            var content = _runs.Line(part, block, block.Child("pPr").Val("pStyle"));
            if (content.Length == 0)
                continue;
            if (line.Length > 0)
                line.Append('\n');
            if (block.Name.LocalName == "p" && Label(block.Child("pPr"), block.Child("pPr").Val("pStyle")).Label is { } label)
                line.Append(label).Append(' ');
            line.Append(content);
        }

        return line.ToString();
    }

    // Rows and cells may stand in content controls; those of a table within a cell are the cell's.
    private static XElement? Table(XElement row) => row.Ancestors().FirstOrDefault(element => element.Name.LocalName == "tbl");

    private static XElement? Row(XElement cell) => cell.Ancestors().FirstOrDefault(element => element.Name.LocalName == "tr");
}
