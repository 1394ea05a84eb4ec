using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Qwen35Batch.Pipeline.Extract.Documents.Packages;

/// <summary>
/// An equation in MathML on one line: fractions with a slash, indices with <c>^</c> and <c>_</c>, roots with <c>√</c>. What its author
/// wrote in TeX or in an office program's own words is shown as it is.
/// </summary>
internal static class MathMarkup
{
    private const int MaxDepth = 100;

    /// <summary>The line; null when the markup is none.</summary>
    public static string? Of(string markup)
    {
        try
        {
            return Of(PartXml.Load(new MemoryStream(Encoding.UTF8.GetBytes(markup), writable: false)));
        }
        catch (XmlException)
        {
            return null;
        }
    }

    /// <inheritdoc cref="Of(string)"/>
    public static string Of(XElement math) => math.All("annotation")
        .FirstOrDefault(words => words.Att("encoding") is { } encoding
            && (encoding.Contains("tex", StringComparison.OrdinalIgnoreCase) || encoding.StartsWith("StarMath", StringComparison.Ordinal)))
        ?.Value.Trim() is { Length: > 0 } written ? written : Part(math, 0).Trim();

    private static string Part(XElement element, int depth)
    {
        if (depth > MaxDepth) return element.Value.Trim();
        var parts = element.Elements().Where(child => child.Name.LocalName is not ("annotation" or "annotation-xml")).ToList();
        if (parts.Count == 0) return element.Value.Trim();
        return element.Name.LocalName switch
        {
            "mfrac" when parts.Count == 2 => $"{Grouped(parts[0])}/{Grouped(parts[1])}",
            "msup" or "mover" when parts.Count == 2 => $"{Grouped(parts[0])}^{Grouped(parts[1])}",
            "msub" or "munder" when parts.Count == 2 => $"{Grouped(parts[0])}_{Grouped(parts[1])}",
            "msubsup" or "munderover" when parts.Count == 3 => $"{Grouped(parts[0])}_{Grouped(parts[1])}^{Grouped(parts[2])}",
            "mroot" when parts.Count == 2 => $"√[{Inner(parts[1])}]({Inner(parts[0])})",
            "msqrt" => $"√({All()})",
            "mtable" => "[" + string.Join("; ", parts.Select(Inner)) + "]",
            "mtr" => string.Join(", ", parts.Select(Inner)),
            _ => All(),
        };

        string All() => string.Concat(parts.Select(Inner));

        string Inner(XElement part) => Part(part, depth + 1);

        string Grouped(XElement part) =>
            Inner(part) is var inner && (inner.Length <= 1 || inner.All(char.IsLetterOrDigit)) ? inner : $"({inner})";
    }
}
