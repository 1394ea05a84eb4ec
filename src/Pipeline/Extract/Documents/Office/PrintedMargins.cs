using System.Text;
using System.Xml.Linq;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;

namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>What is printed above and below every page of a sheet. It is written with codes for fonts, page numbers and the like.</summary>
internal static class PrintedMargins
{
    private static readonly (string Element, string Name)[] Margins =
    [
        ("firstHeader", "Header of the first page"), ("oddHeader", "Header"), ("evenHeader", "Header of even pages"),
        ("firstFooter", "Footer of the first page"), ("oddFooter", "Footer"), ("evenFooter", "Footer of even pages"),
    ];

    /// <summary>Adds those that say something of their own: a page number alone is left out.</summary>
    /// <param name="margins">The sheet's element.</param>
    /// <param name="sheet">The sheet's name, which a code stands for.</param>
    /// <param name="text">Where they go.</param>
    public static void Add(XElement margins, string sheet, DocumentText text)
    {
        foreach (var (element, name) in Margins)
        {
            if (Words(margins.Child(element)?.Value ?? "", sheet) is { Length: > 0 } words)
                text.Paragraph($"{name} (printed): {words}");
        }
    }

    /// <summary>The words of a margin, its left, middle and right parts one behind the other; empty when it has none of its own.</summary>
    public static string Words(string code, string sheet)
    {
        var parts = new List<StringBuilder> { new() };
        var hasOwn = false;
        for (var at = 0; at < code.Length; at++)
        {
            if (code[at] != '&' || at + 1 == code.Length)
            {
                parts[^1].Append(code[at]);
                hasOwn |= char.IsLetterOrDigit(code[at]);
                continue;
            }

            switch (code[++at])
            {
                case '&':
                    parts[^1].Append('&');
                    break;
                case 'L' or 'C' or 'R':
                    parts.Add(new());
                    break;
                case 'P':
                    parts[^1].Append("[page]");
                    break;
                case 'N':
                    parts[^1].Append("[pages]");
                    break;
                case 'D':
                    parts[^1].Append("[date]");
                    break;
                case 'T':
                    parts[^1].Append("[time]");
                    break;
                case 'F' or 'Z':
                    parts[^1].Append("[file]");
                    break;
                case 'G':
                    parts[^1].Append("[picture]");
                    break;
                case 'A':
                    parts[^1].Append(sheet);
                    break;
                case '"':
                    at = code.IndexOf('"', at + 1) is > 0 and var end ? end : code.Length;
                    break;
                case 'K':
                    // A colour: six digits, or a theme's number with a sign and a tint.
                    at = Math.Min(at + 6, code.Length);
                    break;
                case var digit when char.IsAsciiDigit(digit):
                    while (at + 1 < code.Length && char.IsAsciiDigit(code[at + 1])) at++;
                    break;
                default:
                    // Bold, italic, raised and the like.
                    break;
            }
        }

        var words = string.Join(" | ", parts.Select(part => part.ToString().Trim()).Where(part => part.Length > 0));
        return hasOwn ? words : "";
    }
}
