using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Drawing;
using DocumentFormat.OpenXml.Packaging;
using SlideComment = DocumentFormat.OpenXml.Presentation.Comment;
using SlideId = DocumentFormat.OpenXml.Presentation.SlideId;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>The text of a PPTX, slide by slide: text, tables, pictures, then the slide's notes and comments.</summary>
internal static class SlideText
{
    public static void Read(PresentationDocument document, OfficeText text, CancellationToken cancellationToken)
    {
        var main = document.PresentationPart ?? throw new InvalidDataException("it has no main part");
        var number = 0;
        foreach (var id in main.Presentation?.SlideIdList?.Elements<SlideId>() ?? [])
        {
            cancellationToken.ThrowIfCancellationRequested();
            number++;
            if (!text.HasRoom || id.RelationshipId?.Value is not { } relationship || !main.TryGetPartById(relationship, out var part) || part is not SlidePart slide)
                continue;
            text.Heading(2, FormattableString.Invariant($"Slide {number}"));
            if (slide.Slide?.CommonSlideData is { } content)
                Blocks(slide, content, text);
            if (slide.NotesSlidePart?.NotesSlide?.CommonSlideData is { } notes && notes.Descendants<Paragraph>().Any(paragraph => paragraph.InnerText.Length > 0))
            {
                text.Heading(3, "Notes");
                Blocks(slide.NotesSlidePart, notes, text);
            }

            foreach (var comment in slide.SlideCommentsPart?.CommentList?.Elements<SlideComment>() ?? [])
                text.Paragraph($"Comment: {comment.Text?.Text}");
            foreach (var comments in slide.commentParts)
                text.Paragraph($"Comment: {comments.CommentList?.InnerText}");
        }
    }

    private static void Blocks(OpenXmlPart part, OpenXmlElement parent, OfficeText text)
    {
        foreach (var element in parent.ChildElements)
        {
            if (OfficeText.PictureOf(element) is { } picture)
                text.Paragraph(text.Picture(part, picture));
            switch (element)
            {
                case Paragraph paragraph:
                    text.Paragraph(Line(paragraph));
                    break;
                case Table table:
                    Rows(table, text);
                    break;
                case AlternateContentFallback:
                    break;
                default:
                    Blocks(part, element, text);
                    break;
            }
        }
    }

    private static void Rows(Table table, OfficeText text)
    {
        var isFirst = true;
        foreach (var row in table.Elements<TableRow>())
        {
            text.Row([.. row.Elements<TableCell>().Select(cell => string.Join(' ', cell.Descendants<Paragraph>().Select(Line)))], isFirst);
            isFirst = false;
        }

        text.EndTable();
    }

    private static string Line(Paragraph paragraph)
    {
        var line = new StringBuilder();
        foreach (var element in paragraph.Descendants())
        {
            if (element is Text run)
                line.Append(run.Text);
            else if (element is Break)
                line.Append('\n');
        }

        return line.ToString().Trim();
    }
}
