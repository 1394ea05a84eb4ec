using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;

namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>The line that a paragraph of a DOCX shows.</summary>
internal sealed class WordRuns(DocumentText text, WordStyles styles)
{
    private const string Changes = "The document has tracked changes: it was read as if they were accepted.";

    // Charts and diagrams stand in a line and become tables and lists: they come after it.
    private readonly List<(OfficePart Part, XElement Element)> _waiting = [];

    /// <summary>Says that there are tracked changes.</summary>
    public void RemarkChanges() => text.Remark(Changes);

    /// <summary>The line of a paragraph, or the lines of all paragraphs below an element.</summary>
    public string Line(OfficePart part, XElement parent, string? paragraphStyle = null)
    {
        var line = new StringBuilder();
        Add(part, parent, paragraphStyle, line);
        return line.ToString().Trim();
    }

    /// <summary>Adds the charts and diagrams of the lines so far.</summary>
    public void AddWaiting(OfficePart part)
    {
        foreach (var (owner, element) in _waiting)
            DrawingText.AddObject(owner, element, text);
        _waiting.Clear();
    }

    private void Add(OfficePart part, XElement parent, string? style, StringBuilder line)
    {
        foreach (var element in parent.Elements())
        {
            switch (element.Name.LocalName)
            {
                case "r" when IsMath(element):
                    line.Append(EquationText.Of(element));
                    break;
                case "r":
                    Run(part, element, style, line);
                    break;
                case "oMath" or "oMathPara":
                    line.Append(EquationText.Of(element));
                    break;
                case "del" or "moveFrom":
                    RemarkChanges();
                    break;
                case "ins" or "moveTo":
                    RemarkChanges();
                    Add(part, element, style, line);
                    break;
                case "AlternateContent":
                    Add(part, DrawingText.Chosen(element), style, line);
                    break;
                case "pPr" or "rPr" or "sdtPr" or "tblPr" or "tcPr" or "trPr":
                    break;
                case "p":
                    // A paragraph within: of a cell, or of a text box.
                    if (line.Length > 0 && line[^1] != '\n')
                        line.Append('\n');
                    Add(part, element, element.Child("pPr").Val("pStyle"), line);
                    break;
                case "txbxContent":
                    // What stands in a box is no word of the line that the box is anchored to.
                    line.Append('\n');
                    Add(part, element, style, line);
                    line.Append('\n');
                    break;
                case "chart" or "relIds" when element.Att("id") is not null || element.Att("dm") is not null:
                    _waiting.Add((part, element));
                    break;
                case "subDoc":
                    text.Outside("linked subdocuments");
                    break;
                default:
                    if (DrawingText.AddObject(part, element, text) is { } mark)
                        line.Append(mark);
                    else
                        Add(part, element, style, line);
                    break;
            }
        }
    }

    private void Run(OfficePart part, XElement run, string? style, StringBuilder line)
    {
        var properties = run.Child("rPr");
        if (IsOn(properties, "vanish", style))
        {
            if (run.All("t").Any(each => each.Value.Trim().Length > 0))
                text.Remark("The document has hidden text, which was left out.");
            return;
        }

        var shown = new StringBuilder();
        foreach (var element in run.Elements())
            Piece(part, element, properties, style, shown);
        var content = shown.ToString();
        if (IsOn(properties, "caps", style))
            content = content.ToUpperInvariant();
        var height = styles.RunProperty(properties, "vertAlign", style)?.Att("val");
        if (height is "superscript" or "subscript")
            content = DrawingText.Index(content, height == "superscript");
        if (IsOn(properties, "strike", style) || IsOn(properties, "dstrike", style))
            content = DrawingText.Struck(content);
        line.Append(content);
    }

    private void Piece(OfficePart part, XElement element, XElement? properties, string? style, StringBuilder line)
    {
        switch (element.Name.LocalName)
        {
            case "t":
                var fonts = styles.RunProperty(properties, "rFonts", style);
                line.Append(SymbolFonts.Translate(element.Value, fonts?.Att("ascii") ?? fonts?.Att("hAnsi")));
                break;
            case "sym" when int.TryParse(element.Att("char"), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code)
                && code is > 0 and < 0xFFFF:
                line.Append(SymbolFonts.Translate(((char)code).ToString(), element.Att("font")));
                break;
            case "tab" or "ptab":
                line.Append('\t');
                break;
            case "br" or "cr":
                line.Append('\n');
                break;
            case "noBreakHyphen":
                line.Append('-');
                break;
            case "ruby":
                // The reading stands beside the text, not in it.
                if (element.Child("rubyBase") is { } written)
                    Add(part, written, style, line);
                break;
            case "fldChar":
                line.Append(FormField(element.Child("ffData")));
                break;
            case "rPr" or "delText" or "instrText" or "delInstrText":
                break;
            case "AlternateContent":
                foreach (var chosen in DrawingText.Chosen(element).Elements())
                    Piece(part, chosen, properties, style, line);
                break;
            default:
                if (DrawingText.AddObject(part, element, text) is { } mark)
                    line.Append(mark);
                else
                    Add(part, element, style, line);
                break;
        }
    }

    // Check boxes and lists of forms are drawn, not written.
    private static string FormField(XElement? data)
    {
        if (data.Child("checkBox") is { } box)
            return (box.Child("checked") is not null ? box.IsOn("checked") : box.IsOn("default")) ? "☒" : "☐";
        if (data.Child("ddList") is not { } list)
            return "";
        var chosen = int.TryParse(list.Val("result") ?? list.Val("default"), CultureInfo.InvariantCulture, out var index) ? index : 0;
        return list.Children("listEntry").Skip(Math.Max(0, chosen)).FirstOrDefault()?.Att("val") ?? "";
    }

    private bool IsOn(XElement? properties, string name, string? style) =>
        styles.RunProperty(properties, name, style) is { } found && found.Att("val") is not ("0" or "false" or "off");

    private static bool IsMath(XElement element) => element.Name.NamespaceName.EndsWith("/math", StringComparison.Ordinal);
}
