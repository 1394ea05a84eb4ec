using DocumentFormat.OpenXml.Packaging;

namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>The text of a PPTX, slide by slide: text, tables, pictures, charts, diagrams, then the slide's notes and comments.</summary>
internal static class SlideText
{
    public static void Read(PresentationDocument document, DocumentText text, CancellationToken cancellationToken)
    {
        var main = document.PresentationPart ?? throw new InvalidDataException("it has no main part");
        var number = 0;
        foreach (var id in PartXml.Load(main).Child("sldIdLst").Children("sldId"))
        {
            cancellationToken.ThrowIfCancellationRequested();
            number++;
            // The list's own ids have no namespace; the relationship's has one.
            var relationship = id.Attributes().FirstOrDefault(attribute => attribute.Name.LocalName == "id" && attribute.Name.NamespaceName.Length > 0)?.Value;
            if (!text.HasRoom || relationship is null || !main.TryGetPartById(relationship, out var part) || part is not SlidePart slide)
                continue;
            var content = PartXml.Load(slide);
            var isHidden = content.Att("show") is "0" or "false";
            text.Heading(2, FormattableString.Invariant($"Slide {number}{(isHidden ? " (hidden)" : "")}"));
            if (isHidden)
                text.Remark("The presentation has hidden slides; they are marked.");
            if (content.Child("cSld") is { } shown)
                DrawingText.Add(slide, shown, text);
            Notes(slide, text);
            Comments(slide, text);
        }
    }

    private static void Notes(SlidePart slide, DocumentText text)
    {
        if (slide.NotesSlidePart is not { } part || PartXml.Load(part).Child("cSld") is not { } notes)
            return;
        // The slide's picture, date and number are on the page of notes, too.
        foreach (var shape in notes.All("sp").Where(shape => shape.All("ph").Any(place => place.Att("type") is "sldNum" or "dt" or "hdr" or "ftr" or "sldImg")).ToList())
            shape.Remove();
        if (!notes.All("t").Any(run => run.Value.Trim().Length > 0))
            return;
        text.Heading(3, "Notes");
        DrawingText.Add(part, notes, text);
    }

    private static void Comments(SlidePart slide, DocumentText text)
    {
        if (slide.SlideCommentsPart is { } comments)
        {
            foreach (var comment in PartXml.Load(comments).Children("cm"))
                text.Paragraph($"Comment: {comment.Child("text")?.Value}");
        }

        foreach (var part in slide.commentParts)
        {
            foreach (var comment in PartXml.Load(part).Elements())
                text.Paragraph($"Comment: {string.Join(' ', comment.All("p").Select(DrawingText.Line))}");
        }
    }
}
