using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using AngleSharp.Xhtml;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;

namespace Qwen35Batch.Pipeline.Extract.Documents.Web;

/// <summary>
/// HTML as a page of text: headings, paragraphs, lists, tables, forms; no scripts are run and nothing is loaded. What the page
/// hides is left out with a word.
/// </summary>
internal sealed partial class HtmlText
{
    private const int MaxDepth = 200;
    private const int MaxRowSpan = 1_000;

    private static readonly HashSet<string> Unseen = new(StringComparer.OrdinalIgnoreCase)
        {
            "script",
            "style",
            "noscript",
            "template",
            "head",
            "rt",
            "rp",
            "datalist",
            "svg",
            "math",
            "canvas",
            "iframe",
            "object",
            "embed",
            "video",
            "audio"
        };

    private static readonly HashSet<string> Blocks = new(StringComparer.OrdinalIgnoreCase)
    {
        "p",
        "div",
        "section",
        "article",
        "header",
        "footer",
        "nav",
        "aside",
        "main",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "form",
        "fieldset",
        "blockquote",
        "pre",
        "figure",
        "figcaption",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "address",
        "details",
        "summary",
        "body",
        "html",
        "center",
    };

    private readonly DocumentText _text;
    private readonly HiddenText _hidden;
    private readonly Func<string, string>? _picture;
    private readonly StringBuilder _line = new();

    private HtmlText(DocumentText text, HiddenText hidden, Func<string, string>? picture)
    {
        _text = text;
        _hidden = hidden;
        _picture = picture;
    }

    /// <summary>Adds a page.</summary>
    /// <param name="html">The page.</param>
    /// <param name="text">Where it goes.</param>
    /// <param name="picture">Gives the mark of a picture by its address; null where there are no pictures but elsewhere.</param>
    public static void Add(string html, DocumentText text, Func<string, string>? picture = null)
    {
        using var page = new HtmlParser(new HtmlParserOptions { IsScripting = false }).ParseDocument(html);
        var reader = new HtmlText(text, new(page), picture);
        if (page.Title is { Length: > 0 } title && page.QuerySelector("h1")?.TextContent.Trim() != title.Trim())
            text.Heading(1, Spaces().Replace(title, " ").Trim());
        if (page.Body is { } body)
            reader.Children(body, 0);
        reader.End("");
    }

    private void Children(INode parent, int depth, string bullet = "")
    {
        foreach (var node in parent.ChildNodes)
        {
            if (node is IText words)
                _line.Append(Spaces().Replace(words.Data, " "));
            else if (node is IElement element && _text.HasRoom)
                Element(element, depth, bullet);
        }
    }

    private void Element(IElement element, int depth, string bullet)
    {
        var name = element.LocalName;
        if (depth > MaxDepth)
        {
            _line.Append(Spaces().Replace(element.TextContent, " "));
            return;
        }

        if (Unseen.Contains(name))
        {
            PassOver(element);
            return;
        }

        if (_hidden.Has(element))
        {
            if (element.TextContent.Trim().Length > 0)
                _text.Remark("The page has hidden text, which was left out.");
            return;
        }

        switch (name)
        {
            case "br":
                _line.Append('\n');
                break;
            case "img":
                Picture(element, element.GetAttribute("src"));
                break;
            case "input" or "select" or "textarea":
                Field(element);
                break;
            case "sup" or "sub":
                var raised = element.TextContent.Trim();
                _line.Append(
                    raised.Length == 0
                        ? ""
                        : $"{(name == "sup" ? '^' : '_')}{(raised.All(char.IsLetterOrDigit) ? raised : $"({raised})")}");
                break;
            case "del" or "s" or "strike":
                _line.Append(element.TextContent.Trim() is { Length: > 0 } struck ? $"~~{struck}~~" : "");
                break;
            case "table" when element.QuerySelector("table") is null
                && element is IHtmlTableElement table
                && table.Rows.Any(row => row.Cells.Length > 1):
                End(bullet);
                Table(table);
                break;
            case "pre":
                End(bullet);
                _text.Paragraph(element.TextContent.Trim('\n'));
                break;
            case "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                End(bullet);
                Children(element, depth + 1);
                _text.Heading(name[1] - '0', Flush());
                break;
            case "ol":
                End(bullet);
                foreach (var (item, label) in HtmlLists.Of(element))
                    Block(item, depth, label);
                break;
            case "li":
                Block(element, depth, bullet.Length > 0 ? bullet : "- ");
                break;
            default:
                if (Blocks.Contains(name))
                    Block(element, depth, "");
                else
                    Children(element, depth + 1, bullet);
                break;
        }
    }

    private void PassOver(IElement element)
    {
        switch (element.LocalName)
        {
            case "math":
                if (MathMarkup.Of(Markup(element)) is { Length: > 0 } equation)
                    _line.Append(' ').Append(equation).Append(' ');
                else
                    _text.Missed("equations");
                break;
            // What a page marks so only adorns it.
            case "svg" when element.GetAttribute("aria-hidden") != "true":
                if (Drawing(element, depth: 0))
                    _text.Missed("drawings (SVG)");
                break;
            case "video" or "audio":
                _text.Outside("linked videos and sounds");
                break;
            case "iframe" or "object" or "embed" or "canvas":
                _text.Outside("embedded frames and what scripts draw");
                break;
        }
    }

    private static string Markup(IElement element)
    {
        using var markup = new StringWriter();
        element.ToHtml(markup, XhtmlMarkupFormatter.Instance);
        return markup.ToString();
    }

    private void Block(IElement element, int depth, string bullet)
    {
        End("");
        _line.Append(bullet);
        Children(element, depth + 1);
        End(bullet);
    }

    private void Table(IHtmlTableElement table)
    {
        var isFirst = true;
        // How many further rows a cell reaches down to, by its column.
        var reaches = new Dictionary<int, int>();
        foreach (var row in table.Rows.Where(row => !_hidden.Has(row)))
        {
            var cells = new List<string>();
            foreach (var cell in row.Cells)
            {
                FillReached(cells, reaches);
                Children(cell, 1);
                var (columns, rows) = (Math.Clamp(cell.ColumnSpan, 1, 100), Math.Clamp(cell.RowSpan, 1, MaxRowSpan));
                for (var column = 0; column < columns && rows > 1; column++)
                    reaches[cells.Count + column] = rows - 1;
                cells.Add(Flush());
                cells.AddRange(Enumerable.Repeat("", columns - 1));
            }

            FillReached(cells, reaches);

            if (cells.Count == 0)
                continue;
            _text.Row(cells, isFirst);
            isFirst = false;
        }

        _text.EndTable();
    }

    private static void FillReached(List<string> cells, Dictionary<int, int> reaches)
    {
        while (reaches.TryGetValue(cells.Count, out var left))
        {
            if (left == 1)
                reaches.Remove(cells.Count);
            else
                reaches[cells.Count] = left - 1;
            cells.Add("");
        }
    }

    // A cover is often a drawing of nothing but a picture. True when there is more than pictures and words.
    private bool Drawing(IElement drawing, int depth)
    {
        var hasShapes = false;
        foreach (var element in drawing.Children)
        {
            switch (element.LocalName)
            {
                case "image":
                    Picture(element, element.GetAttribute("href") ?? element.GetAttribute("xlink:href"));
                    break;
                case "text":
                    _line.Append(' ').Append(Spaces().Replace(element.TextContent, " "));
                    break;
                case "title" or "desc" or "defs" or "style" or "metadata":
                    break;
                case "g" or "svg" or "a" or "switch" when depth < MaxDepth:
                    hasShapes |= Drawing(element, depth + 1);
                    break;
                default:
                    hasShapes = true;
                    break;
            }
        }

        return hasShapes;
    }

    private void Picture(IElement image, string? source)
    {
        var mark = _picture?.Invoke(source ?? "");
        if (mark is { Length: > 0 })
            _line.Append(mark);
        else if (_picture is null && source is { Length: > 0 } address)
            PassOver(address);
        if (image.GetAttribute("alt")?.Trim() is { Length: > 0 } words)
            _line.Append($" [{words}] ");
    }

    // A mail counts the pictures that it brings.
    private void PassOver(string address)
    {
        if (address.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
            _text.Missed("pictures of the page");
        else if (!address.StartsWith("cid:", StringComparison.OrdinalIgnoreCase))
            _text.Outside("linked pictures of the page");
    }

    private void Field(IElement field)
    {
        if (field is IHtmlInputElement input)
        {
            _line.Append(input.Type switch
            {
                "hidden" or "password" or "file" => "",
                "checkbox" or "radio" => input.HasAttribute("checked") ? "☒ " : "☐ ",
                _ => $" {input.GetAttribute("value")} ",
            });
        }
        else if (field is IHtmlSelectElement list)
        {
            var chosen = list.Options.FirstOrDefault(option => option.HasAttribute("selected"))
                ?? (list.Options.Length > 0 ? list.Options[0] : null);
            _line.Append($" {chosen?.Text} ");
        }
        else
        {
            _line.Append($" {field.TextContent} ");
        }
    }

    private void End(string bullet)
    {
        var line = Flush();
        if (line.Length > 0 && line != bullet.Trim())
            _text.Paragraph(line);
    }

    private string Flush()
    {
        var line = Lines().Replace(_line.ToString(), "\n").Trim();
        _line.Clear();
        return Doubled().Replace(line, " ");
    }

    [GeneratedRegex(@"[ \t\r\n\f\u00A0]+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@" {2,}")]
    private static partial Regex Doubled();

    [GeneratedRegex(@" *\n *")]
    private static partial Regex Lines();
}
