using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;


namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>The text of a PPTX, slide by slide: text, tables, pictures, charts, diagrams, then the slide's notes and comments.</summary>
internal static class SlideText
{
    public static void Read(OfficePart main, DocumentText text, CancellationToken cancellationToken)
    {
        var number = 0;
        var layouts = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var id in PartXml.Load(main).Child("sldIdLst").Children("sldId"))
        {
            cancellationToken.ThrowIfCancellationRequested();
            number++;
            // The list's own ids have no namespace; the relationship's has one.
            var relationship = id.Attributes().FirstOrDefault(
                attribute => attribute.Name.LocalName == "id" && attribute.Name.NamespaceName.Length > 0)?.Value;
            if (!text.HasRoom)
                break;
            if (main.Related(relationship) is not { } slide)
            {
                text.Missed("slides that are missing from the file");
                continue;
            }

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
            if (content.Att("showMasterSp") is not ("0" or "false"))
                Ground(slide, layouts, text);
        }
    }

    // The words of layouts and masters that stand on every slide, such as a mark of secrecy: each is read once, with its first slide.
    private static void Ground(OfficePart slide, HashSet<string> known, DocumentText text)
    {
        var layout = slide.OfKind("slideLayout").FirstOrDefault();
        foreach (var part in new[] { layout, layout?.OfKind("slideMaster").FirstOrDefault() }.OfType<OfficePart>())
        {
            if (!known.Add(part.Name)) continue;
            var content = PartXml.Load(part);
            if (content.Child("cSld") is not { } shown) continue;
            // Placeholders say what to write there; pictures only adorn.
            foreach (var shape in shown.Descendants().Where(shape => shape.Name.LocalName == "pic"
                || (shape.Name.LocalName is "sp" or "graphicFrame" && shape.Elements().FirstOrDefault().All("ph").Any())).ToList())
            {
                shape.Remove();
            }

            if (shown.All("t").Any(run => run.Value.Trim().Length > 0))
            {
                text.Heading(3, "On every slide of this layout");
                DrawingText.Add(part, shown, text);
            }

            if (content.Att("showMasterSp") is "0" or "false") break;
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
