using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Qwen35Batch.Pipeline.Extract.Documents.Content;

namespace Qwen35Batch.Pipeline.Extract.Documents.Web;

/// <summary>
/// HTML as a page of text: headings, paragraphs, lists, tables, forms; no scripts are run and nothing is loaded. What the page
/// hides is left out with a word.
/// </summary>
internal sealed partial class HtmlText
{
    private const int MaxDepth = 200;

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
    private readonly Func<string, string>? _picture;
    private readonly StringBuilder _line = new();

    private HtmlText(DocumentText text, Func<string, string>? picture)
    {
        _text = text;
        _picture = picture;
    }

    /// <summary>Adds a page.</summary>
    /// <param name="html">The page.</param>
    /// <param name="text">Where it goes.</param>
    /// <param name="picture">Gives the mark of a picture by its address; null where there are no pictures but elsewhere.</param>
    public static void Add(string html, DocumentText text, Func<string, string>? picture = null)
    {
        using var page = new HtmlParser(new HtmlParserOptions { IsScripting = false }).ParseDocument(html);
        var reader = new HtmlText(text, picture);
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

        if (name is "iframe" or "object" or "embed" or "video" or "audio" or "canvas" or "svg" or "math")
        {
            _text.Missed(
                name is "video" or "audio" ? "embedded videos and sounds" : name is "math" ? "equations" : "embedded frames and drawings");
        }

        if (Unseen.Contains(name))
            return;
        if (IsHidden(element))
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
                Picture(element);
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
                var number = element.GetAttribute("start") is { } start && int.TryParse(start, out var first) ? first : 1;
                foreach (var item in element.Children)
                    Block(item, depth, item.LocalName == "li" ? FormattableString.Invariant($"{number++}. ") : "");
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
        foreach (var row in table.Rows.Where(row => !IsHidden(row)))
        {
            var cells = new List<string>();
            foreach (var cell in row.Cells)
            {
                Children(cell, 1);
                cells.Add(Flush());
                cells.AddRange(Enumerable.Repeat("", Math.Clamp(cell.ColumnSpan, 1, 100) - 1));
            }

            if (cells.Count == 0)
                continue;
            _text.Row(cells, isFirst);
            isFirst = false;
        }

        _text.EndTable();
    }

    private void Picture(IElement image)
    {
        var mark = _picture?.Invoke(image.GetAttribute("src") ?? "");
        if (mark is { Length: > 0 })
            _line.Append(mark);
        else if (_picture is null && image.GetAttribute("src") is { Length: > 0 })
            _text.Missed("pictures of the page");
        if (image.GetAttribute("alt")?.Trim() is { Length: > 0 } words)
            _line.Append($" [{words}] ");
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

    // What the page's own attributes hide; style sheets are not applied.
    private static bool IsHidden(IElement element) =>
        element.HasAttribute("hidden")
        || (element.GetAttribute("style") is { } style && Invisible().IsMatch(style));

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

    [GeneratedRegex(@"display\s*:\s*none|visibility\s*:\s*hidden", RegexOptions.IgnoreCase)]
    private static partial Regex Invisible();
}
