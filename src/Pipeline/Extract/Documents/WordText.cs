using System.Globalization;
using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>The text of a DOCX: headings, paragraphs, lists, tables, pictures in their places; headers, notes and comments after.</summary>
internal sealed class WordText(OfficeText text)
{
    private Dictionary<string, int> _headings = [];

    public void Read(WordprocessingDocument document, CancellationToken cancellationToken)
    {
        var main = document.MainDocumentPart ?? throw new InvalidDataException("it has no main part");
        _headings = Headings(main);
        if (main.Document?.Body is { } body)
            Blocks(main, body, cancellationToken);
        foreach (var header in main.HeaderParts)
            Section("Header", header, header.Header, cancellationToken);
        foreach (var footer in main.FooterParts)
            Section("Footer", footer, footer.Footer, cancellationToken);
        Notes("Footnotes", main.FootnotesPart, main.FootnotesPart?.Footnotes?.Elements<FootnoteEndnoteType>(), cancellationToken);
        Notes("Endnotes", main.EndnotesPart, main.EndnotesPart?.Endnotes?.Elements<FootnoteEndnoteType>(), cancellationToken);
        Comments(main.WordprocessingCommentsPart, cancellationToken);
    }

    // Style ids are in the author's language, the names behind them are not.
    private static Dictionary<string, int> Headings(MainDocumentPart main)
    {
        var headings = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var style in main.StyleDefinitionsPart?.Styles?.Elements<Style>() ?? [])
        {
            if (style.StyleId?.Value is not { } id || style.StyleName?.Val?.Value is not { } name)
                continue;
            if (name.Equals("title", StringComparison.OrdinalIgnoreCase))
                headings[id] = 1;
            else if (name.StartsWith("heading ", StringComparison.OrdinalIgnoreCase) && int.TryParse(name.AsSpan(8), CultureInfo.InvariantCulture, out var level))
                headings[id] = level;
        }

        return headings;
    }

    private void Section(string title, OpenXmlPart part, OpenXmlElement? content, CancellationToken cancellationToken)
    {
        if (content is null || content.InnerText.Length == 0)
            return;
        text.Heading(2, title);
        Blocks(part, content, cancellationToken);
    }

    private void Notes(string title, OpenXmlPart? part, IEnumerable<FootnoteEndnoteType>? notes, CancellationToken cancellationToken)
    {
        // The separators between text and notes are notes, too; they have a type.
        var real = notes?.Where(note => note.Type is null && note.InnerText.Length > 0).ToList();
        if (part is null || real is not { Count: > 0 })
            return;
        text.Heading(2, title);
        foreach (var note in real)
            Blocks(part, note, cancellationToken);
    }

    private void Comments(WordprocessingCommentsPart? part, CancellationToken cancellationToken)
    {
        if (part?.Comments?.Elements<Comment>().ToList() is not { Count: > 0 } comments)
            return;
        text.Heading(2, "Comments");
        foreach (var comment in comments)
        {
            cancellationToken.ThrowIfCancellationRequested();
            text.Paragraph($"{comment.Author?.Value}: {Inline(part, comment)}");
        }
    }

    private void Blocks(OpenXmlPart part, OpenXmlElement parent, CancellationToken cancellationToken)
    {
        foreach (var element in parent.ChildElements)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!text.HasRoom)
                return;
            if (element is Paragraph paragraph)
                Block(part, paragraph);
            else if (element is Table table)
                Rows(part, table, cancellationToken);
            else if (element is not AlternateContentFallback)
                Blocks(part, element, cancellationToken);
        }
    }

    private void Block(OpenXmlPart part, Paragraph paragraph)
    {
        var content = Inline(part, paragraph);
        var properties = paragraph.ParagraphProperties;
        if (properties?.ParagraphStyleId?.Val?.Value is { } style && _headings.TryGetValue(style, out var level))
            text.Heading(level, content);
        else if (properties?.NumberingProperties is { } list && content.Length > 0)
            text.Paragraph($"{new string(' ', 2 * Math.Clamp(list.NumberingLevelReference?.Val?.Value ?? 0, 0, 8))}- {content}");
        else
            text.Paragraph(content);
    }

    private void Rows(OpenXmlPart part, Table table, CancellationToken cancellationToken)
    {
        var isFirst = true;
        foreach (var row in table.Elements<TableRow>())
        {
            cancellationToken.ThrowIfCancellationRequested();
            text.Row([.. row.Elements<TableCell>().Select(cell => Inline(part, cell))], isFirst);
            isFirst = false;
        }

        text.EndTable();
    }

    private string Inline(OpenXmlPart part, OpenXmlElement parent)
    {
        var line = new StringBuilder();
        Inline(part, parent, line);
        return line.ToString().Trim();
    }

    private void Inline(OpenXmlPart part, OpenXmlElement parent, StringBuilder line)
    {
        foreach (var element in parent.ChildElements)
        {
            if (OfficeText.PictureOf(element) is { } picture)
                line.Append(text.Picture(part, picture));
            switch (element)
            {
                case Text run:
                    line.Append(run.Text);
                    break;
                case TabChar:
                    line.Append('\t');
                    break;
                case Break or CarriageReturn:
                    line.Append('\n');
                    break;
                case NoBreakHyphen:
                    line.Append('-');
                    break;
                case AlternateContentFallback or ParagraphProperties or RunProperties:
                    break;
                default:
                    // A paragraph within: of a cell, or of a text box.
                    if (element is Paragraph && line.Length > 0)
                        line.Append('\n');
                    Inline(part, element, line);
                    break;
            }
        }
    }
}
