using System.Text;
using System.Xml.Linq;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;

namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>
/// What stands in drawings, on slides and sheets: paragraphs, tables, pictures, charts, diagrams, equations, in their order.
/// </summary>
internal static class DrawingText
{
    /// <summary>Adds all that is below an element.</summary>
    /// <param name="part">The part that the element's relationships are of.</param>
    /// <param name="parent">The element.</param>
    /// <param name="text">Where it goes.</param>
    public static void Add(OfficePart part, XElement parent, DocumentText text)
    {
        var numbers = new SlideNumbers();
        foreach (var element in parent.Elements())
        {
            switch (element.Name.LocalName)
            {
                case "p" when IsDrawing(element):
                    text.Paragraph(Line(element, numbers));
                    break;
                case "tbl" when IsDrawing(element):
                    Table(element, text);
                    break;
                case "AlternateContent":
                    Add(part, Chosen(element), text);
                    break;
                case "sp" or "pic" or "grpSp" or "graphicFrame" or "cxnSp" when IsHidden(element):
                    text.Remark("The document has hidden shapes, which were left out.");
                    break;
                default:
                    if (AddObject(part, element, text) is { } mark)
                        text.Paragraph(mark);
                    else
                        Add(part, element, text);
                    break;
            }
        }
    }

    /// <summary>
    /// Adds a picture, chart or diagram, or counts what is embedded.
    /// </summary>
    /// <returns>The mark of a picture, or an empty string for what was added or counted; null when the element is none of them.</returns>
    public static string? AddObject(OfficePart part, XElement element, DocumentText text)
    {
        switch (element.Name.LocalName)
        {
            case "blip":
                return Picture(part, element.Att("embed"), element.Att("link"), text);
            case "imagedata":
                return Picture(part, element.Att("id") ?? element.Att("relid"), element.Att("href"), text);
            case "chart" when element.Att("id") is { } id:
                // A part may be shown any number of times.
                if (!text.HasRoom)
                    return "";
                if (part.Related(id) is { } chart)
                    ChartText.Add(PartXml.Load(chart), text);
                else
                    text.Missed("charts");
                return "";
            case "relIds" when element.Att("dm") is { } id:
                if (!text.HasRoom)
                    return "";
                if (part.Related(id) is { } diagram)
                    Diagram(PartXml.Load(diagram), text);
                else
                    text.Missed("diagrams (SmartArt)");
                return "";
            case "oleObj" or "OLEObject":
                Embedded(part.Related(element.Att("id")), element.Att("progId") ?? element.Att("ProgID"), text);
                // A picture of it stands within it.
                return null;
            case "videoFile" or "audioFile" or "wavAudioFile" or "quickTimeFile":
                text.Missed("embedded videos and sounds", element.Att("name"));
                return "";
            case "contentPart":
                text.Missed("handwritten drawings (ink)");
                return "";
            case "model3d":
                text.Missed("3D models");
                return "";
            default:
                return null;
        }
    }

    /// <summary>Of alternatives, the first, which newer programs show; the others say the same in older words.</summary>
    public static XElement Chosen(XElement alternatives) =>
        alternatives.Child("Choice") is { HasElements: true } choice ? choice : alternatives.Child("Fallback") ?? alternatives;

    /// <summary>A paragraph's text.</summary>
    public static string Line(XElement paragraph) => Line(paragraph, new SlideNumbers());

    private static string Line(XElement paragraph, SlideNumbers numbers)
    {
        var line = new StringBuilder();
        Line(paragraph, line);
        var content = line.ToString().Trim();
        var label = numbers.Label(paragraph);
        return content.Length > 0 && label.Length > 0 ? $"{label} {content}" : content;
    }

    private static void Line(XElement parent, StringBuilder line)
    {
        foreach (var element in parent.Elements())
        {
            switch (element.Name.LocalName)
            {
                case "r" or "fld":
                    Run(element, line);
                    break;
                case "br":
                    line.Append('\n');
                    break;
                case "oMath" or "oMathPara":
                    line.Append(EquationText.Of(element));
                    break;
                case "AlternateContent":
                    Line(Chosen(element), line);
                    break;
                case "pPr" or "endParaRPr":
                    break;
                default:
                    Line(element, line);
                    break;
            }
        }
    }

    private static void Run(XElement run, StringBuilder line)
    {
        var content = run.Child("t")?.Value ?? "";
        var properties = run.Child("rPr");
        var font = properties.Child("sym")?.Att("typeface") ?? properties.Child("latin")?.Att("typeface");
        if (int.TryParse(properties?.Att("baseline"), out var offset) && offset != 0)
            content = Index(content, offset > 0);
        if (properties?.Att("strike") is "sngStrike" or "dblStrike")
            content = Struck(content);
        line.Append(SymbolFonts.Translate(content, font));
    }

    /// <summary>A raised or lowered text.</summary>
    public static string Index(string content, bool isRaised)
    {
        var trimmed = content.Trim();
        if (trimmed.Length == 0)
            return content;
        var sign = isRaised ? '^' : '_';
        return trimmed.All(char.IsLetterOrDigit) ? $"{sign}{trimmed}" : $"{sign}({trimmed})";
    }

    /// <summary>A text that is struck through.</summary>
    public static string Struck(string content) => content.Trim().Length == 0 ? content : $"~~{content.Trim()}~~";

    /// <summary>Reads an embedded document to stand behind the text, or counts it.</summary>
    /// <param name="embedded">Its part; null when it is none, or is not in the package.</param>
    /// <param name="program">The program that made it; null where it is not said.</param>
    /// <param name="text">Where it goes.</param>
    public static void Embedded(OfficePart? embedded, string? program, DocumentText text)
    {
        if (embedded is null)
            text.Missed("embedded documents", program);
        else
            text.Embed("embedded documents", program, new(Path.GetFileName(embedded.Name), null, null, embedded.Read));
    }

    // Its properties stand in a first child that is named after the kind of the shape: nvSpPr, nvPicPr.
    private static bool IsHidden(XElement shape) => shape.Elements()
        .FirstOrDefault(child => child.Name.LocalName.StartsWith("nv", StringComparison.Ordinal)).Child("cNvPr")?.Att("hidden")
            is "1" or "true";

    private static bool IsDrawing(XElement element) =>
        element.Name.NamespaceName.EndsWith("drawingml/2006/main", StringComparison.Ordinal)
            || element.Name.NamespaceName.EndsWith("drawingml/main", StringComparison.Ordinal);

    private static void Table(XElement table, DocumentText text)
    {
        var isFirst = true;
        foreach (var row in table.Children("tr"))
        {
            text.Row([.. row.Children("tc").Select(Cell)], isFirst);
            isFirst = false;
        }

        text.EndTable();
    }

    private static string Cell(XElement cell)
    {
        var numbers = new SlideNumbers();
        return string.Join(' ', cell.All("p").Select(line => Line(line, numbers)));
    }

    private static void Diagram(XElement model, DocumentText text)
    {
        // Points that only present others have a type of their own.
        var lines = model.All("pt").Where(point => point.Att("type") is null or "node" or "doc" or "asst")
            .SelectMany(point => point.Child("t").All("p")).Select(Line).Where(line => line.Length > 0).ToList();
        if (lines.Count == 0)
        {
            text.Missed("diagrams (SmartArt)");
            return;
        }

        text.Paragraph("Diagram:");
        foreach (var line in lines)
            text.Paragraph($"- {line}");
    }

    private static string Picture(OfficePart part, string? embedded, string? linked, DocumentText text)
    {
        if (part.Related(embedded) is { } image)
            return text.Picture(image.Name, image.ContentType);
        // An external picture has a relationship, but no part: it is never followed.
        if (linked is not null || part.IsExternal(embedded))
            text.Outside("pictures that are linked and not embedded");
        return "";
    }
}
