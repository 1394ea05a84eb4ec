using System.IO.Compression;
using System.Text;

namespace Qwen35Batch.Pipeline.Tests.Extract.Documents;

/// <summary>Office packages of XML written by hand, as programs other than Office write them.</summary>
internal static class OfficeXml
{
    private const string Types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
    private const string Spaces =
        "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" "
            + "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" "
        + "xmlns:m=\"http://schemas.openxmlformats.org/officeDocument/2006/math\" "
        + "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" "
        + "xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\" "
        + "xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\" "
        + "xmlns:o=\"urn:schemas-microsoft-com:office:office\" xmlns:dgm=\"http://schemas.openxmlformats.org/drawingml/2006/diagram\" "
        + "xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\" "
        + "xmlns:xdr=\"http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing\"";

    /// <summary>
    /// A part beside the main one: the kind of its relationship, its name, its content type, and its content with or without namespaces.
    /// </summary>
    public sealed record Part(string Kind, string Name, string ContentType, string Content);

    /// <summary>A chart of two series.</summary>
    public static Part Chart(string folder) => new(
        "chart", $"{folder}/charts/chart1.xml", "application/vnd.openxmlformats-officedocument.drawingml.chart+xml",
        "<c:chartSpace ☆>"
            + "<c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>Rain</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea><c:lineChart>"
        + Series("North", "3", "4") + Series("South", "0.5", "0.25", "0%") + "</c:lineChart></c:plotArea></c:chart></c:chartSpace>");

    /// <summary>A DOCX.</summary>
    /// <param name="path">Where.</param>
    /// <param name="body">What stands in the body.</param>
    /// <param name="parts">Parts; their relationships are x1, x2 and so on.</param>
    public static string Word(string path, string body, params Part[] parts) => Package(
        path,
        new("officeDocument", "word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            $"<w:document ☆><w:body>{body}</w:body></w:document>"),
        parts);

    /// <summary>A paragraph of a DOCX.</summary>
    public static string Paragraph(string text, string properties = "", string run = "") =>
        $"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>";

    /// <summary>An XLSX of one sheet.</summary>
    /// <param name="path">Where.</param>
    /// <param name="rows">What stands in the sheet's data.</param>
    /// <param name="formats">
    /// The number formats of the styles from 1: a number of a built-in one, or a code; a tilde behind it for one that is struck through.
    /// </param>
    /// <param name="isHidden">Whether the sheet is hidden.</param>
    /// <param name="is1904">Whether days are counted from 1904.</param>
    /// <param name="parts">Parts of the sheet; their relationships are x1, x2 and so on.</param>
    public static string Workbook(
        string path, string rows, string[] formats, bool isHidden = false, bool is1904 = false, params Part[] parts)
    {
        var own = formats.Select(
            (format, index) => (
                Format: format.TrimEnd('~'),
                Struck: format.EndsWith('~') ? 1 : 0,
                Id: format.Length <= 2 && uint.TryParse(format, out var id) ? id : (uint)(200 + index)))
                .ToList();
        var styles = "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><numFmts>"
                + string.Concat(
                    own.Where(format => format.Id >= 200)
                        .Select(
                            format =>
                                $"<numFmt numFmtId=\"{format.Id}\" "
                                    + $"formatCode=\"{System.Security.SecurityElement.Escape(format.Format)}\"/>"))
            + "</numFmts><fonts><font/><font><strike/></font></fonts><cellXfs><xf numFmtId=\"0\"/>"
                + string.Concat(own.Select(format => $"<xf numFmtId=\"{format.Id}\" fontId=\"{format.Struck}\"/>"))
                + "</cellXfs></styleSheet>";
        var sheet = $"<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" "
            + $"☆>{rows}{(parts.Length > 0 ? "<drawing r:id=\"x1\"/>" : "")}</worksheet>";
        return Package(
            path,
            new("officeDocument", "xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                $"<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" ☆><workbookPr "
                    + $"date1904=\"{(is1904 ? 1 : 0)}\"/>"
                + $"<sheets><sheet name=\"Data\" sheetId=\"1\" state=\"{(isHidden ? "hidden" : "visible")}\" "
                + $"r:id=\"x1\"/></sheets></workbook>"),
            [
                new(
                    "worksheet",
                    "xl/worksheets/sheet1.xml",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml",
                    sheet),
                new("styles", "xl/styles.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml", styles),
            ],
            parts);
    }

    /// <summary>A cell with a number.</summary>
    public static string Cell(string reference, string value, int style = 0) => $"<c r=\"{reference}\" s=\"{style}\"><v>{value}</v></c>";

    /// <summary>A cell with a text.</summary>
    public static string Text(string reference, string value) => $"<c r=\"{reference}\" t=\"inlineStr\"><is><t>{value}</t></is></c>";

    /// <summary>A PPTX of one slide.</summary>
    /// <param name="path">Where.</param>
    /// <param name="shapes">What stands in the tree of shapes.</param>
    /// <param name="attributes">Attributes of the slide.</param>
    /// <param name="parts">Parts of the slide; their relationships are x1, x2 and so on.</param>
    public static string Slide(string path, string shapes, string attributes = "", params Part[] parts) => Package(
        path,
        new("officeDocument", "ppt/presentation.xml", "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
            "<p:presentation ☆><p:sldIdLst><p:sldId id=\"256\" r:id=\"x1\"/></p:sldIdLst></p:presentation>"),
        [
            new("slide", "ppt/slides/slide1.xml", "application/vnd.openxmlformats-officedocument.presentationml.slide+xml",
                $"<p:sld ☆ {attributes}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"),
        ],
        parts);

    /// <summary>A package with a main part of any content type.</summary>
    public static string Package(string path, Part main, Part[] parts, params Part[] below)
    {
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        var all = new[] { main }.Concat(parts).Concat(below).ToList();
        Write(archive, "[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
            + "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default "
            + "Extension=\"html\" ContentType=\"text/html\"/>"
            + string.Concat(all.Select(part => $"<Override PartName=\"/{part.Name}\" ContentType=\"{part.ContentType}\"/>")) + "</Types>");
        Relations(archive, "", [main]);
        Relations(archive, main.Name, parts);
        if (below.Length > 0)
            Relations(archive, parts[0].Name, below);
        foreach (var part in all)
            Write(archive, part.Name, part.Content.Replace("☆", Spaces, StringComparison.Ordinal));
        return path;
    }

    private static string Series(string name, string first, string second, string format = "General") =>
        $"<c:ser><c:tx><c:strRef><c:strCache><c:pt "
            + $"idx=\"0\"><c:v>{name}</c:v></c:pt></c:strCache></c:strRef></c:tx><c:cat><c:strRef><c:strCache>"
        + "<c:pt idx=\"0\"><c:v>May</c:v></c:pt><c:pt "
        + "idx=\"1\"><c:v>June</c:v></c:pt></c:strCache></c:strRef></c:cat><c:val><c:numRef><c:numCache>"
        + $"<c:formatCode>{format}</c:formatCode><c:pt idx=\"0\"><c:v>{first}</c:v></c:pt><c:pt "
        + $"idx=\"1\"><c:v>{second}</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser>";

    private static void Relations(ZipArchive archive, string owner, Part[] parts)
    {
        if (parts.Length == 0)
            return;
        var slash = owner.LastIndexOf('/') + 1;
        Write(archive, $"{owner[..slash]}_rels/{owner[slash..]}.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
                    + string.Concat(
                parts.Select((part, index) => $"<Relationship Id=\"x{index + 1}\" Type=\"{Types}{part.Kind}\" Target=\"/{part.Name}\"/>"))
                    + "</Relationships>");
    }

    private static void Write(ZipArchive archive, string name, string content)
    {
        using var entry = archive.CreateEntry(name).Open();
        entry.Write(Encoding.UTF8.GetBytes(content));
    }
}
