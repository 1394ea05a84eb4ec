using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;


namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>The text of a PPTX, slide by slide: text, tables, pictures, charts, diagrams, then the slide's notes and comments.</summary>
internal static class SlideText
{
    public static void Read(OfficePart main, DocumentText text, CancellationToken cancellationToken)
    {
        var number = 0;
        foreach (var id in PartXml.Load(main).Child("sldIdLst").Children("sldId"))
        {
            cancellationToken.ThrowIfCancellationRequested();
            number++;
            // The list's own ids have no namespace; the relationship's has one.
            var relationship = id.Attributes().FirstOrDefault(
                attribute => attribute.Name.LocalName == "id" && attribute.Name.NamespaceName.Length > 0)?.Value;
            if (!text.HasRoom || main.Related(relationship) is not { } slide)
                continue;
            var content = PartXml.Load(slide);
            var isHidden = content.Att("show") is "0" or "false";
            text.Place(FormattableString.Invariant($"slide {number}"));
            text.Heading(2, FormattableString.Invariant($"Slide {number}{(isHidden ? " (hidden)" : "")}"));
            if (isHidden)
                text.Remark("The presentation has hidden slides; they are marked.");
            if (content.Child("cSld") is { } shown)
                DrawingText.Add(slide, shown, text);
            Notes(slide, text);
            Comments(slide, text);
        }
    }

    private static void Notes(OfficePart slide, DocumentText text)
    {
        if (slide.OfKind("notesSlide").FirstOrDefault() is not { } part || PartXml.Load(part).Child("cSld") is not { } notes)
            return;
        // The slide's picture, date and number are on the page of notes, too.
        foreach (var shape in notes.All("sp")
            .Where(shape => shape.All("ph").Any(place => place.Att("type") is "sldNum" or "dt" or "hdr" or "ftr" or "sldImg"))
            .ToList())
        {
            shape.Remove();
        }

        if (!notes.All("t").Any(run => run.Value.Trim().Length > 0))
            return;
        text.Heading(3, "Notes");
        DrawingText.Add(part, notes, text);
    }

    private static void Comments(OfficePart slide, DocumentText text)
    {
        foreach (var comment in slide.OfKind("comments").SelectMany(part => PartXml.Load(part).Elements()))
        {
            // Older comments are plain text, newer ones paragraphs.
            var content = comment.Child("text")?.Value ?? string.Join(' ', comment.All("p").Select(DrawingText.Line));
            text.Paragraph($"Comment: {content}");
        }
    }
}
