using System.Text;
using System.Xml.Linq;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;

namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>
/// An equation (Office Math) on one line: fractions with a slash, indices with <c>^</c> and <c>_</c>, roots with <c>√</c>.
/// </summary>
internal static class EquationText
{
    /// <summary>The line.</summary>
    public static string Of(XElement math)
    {
        var line = new StringBuilder();
        foreach (var child in math.Elements())
            line.Append(Part(child));
        return line.ToString();
    }

    private static string Part(XElement element) => element.Name.LocalName switch
    {
        "t" => element.Value,
        "f" => $"{Numerator(element)}/{Grouped(element, "den")}",
        "sSup" => $"{Grouped(element, "e")}^{Grouped(element, "sup")}",
        "sSub" => $"{Grouped(element, "e")}_{Grouped(element, "sub")}",
        "sSubSup" => $"{Grouped(element, "e")}_{Grouped(element, "sub")}^{Grouped(element, "sup")}",
        "sPre" => $"_{Grouped(element, "sub")}^{Grouped(element, "sup")}{Grouped(element, "e")}",
        "rad" => Inner(element, "deg") is { Length: > 0 } degree ? $"√[{degree}]({Inner(element, "e")})" : $"√({Inner(element, "e")})",
        "nary" => Operator(element),
        "limLow" => $"{Inner(element, "e")}_{Grouped(element, "lim")}",
        "limUpp" => $"{Inner(element, "e")}^{Grouped(element, "lim")}",
        "func" => $"{Inner(element, "fName")}({Inner(element, "e")})",
        "d" => Delimited(element),
        "m" => "[" + string.Join("; ", element.Children("mr").Select(row => string.Join(", ", row.Children("e").Select(Of)))) + "]",
        "eqArr" => string.Join("; ", element.Children("e").Select(Of)),
        "acc" => Inner(element, "e") + (element.Child("accPr").Val("chr") ?? "\u0302"),
        "bar" => Inner(element, "e") + "\u0305",
        _ when element.Name.LocalName.EndsWith("Pr", StringComparison.Ordinal) => "",
        _ => Of(element),
    };

    private static string Operator(XElement element)
    {
        var sign = element.Child("naryPr").Val("chr") ?? "∫";
        var from = Inner(element, "sub");
        var to = Inner(element, "sup");
        return $"{sign}{(from.Length > 0 ? $"_({from})" : "")}{(to.Length > 0 ? $"^({to})" : "")} {Inner(element, "e")}";
    }

    private static string Delimited(XElement element)
    {
        var properties = element.Child("dPr");
        var separator = properties.Val("sepChr") ?? "|";
        return (properties.Val("begChr") ?? "(")
            + string.Join(separator, element.Children("e").Select(Of))
            + (properties.Val("endChr") ?? ")");
    }

    // A product needs no brackets before a slash: m v/t.
    private static string Numerator(XElement element) =>
        Inner(element, "num") is var inner && inner.IndexOfAny(['+', '-', '−', '±', '∓', '=', '<', '>', '/', ',']) >= 0
            ? $"({inner})"
            : inner;

    private static string Inner(XElement element, string name) => element.Child(name) is { } child ? Of(child) : "";

    private static string Grouped(XElement element, string name)
    {
        var inner = Inner(element, name);
        return inner.Length <= 1 || inner.All(char.IsAsciiLetterOrDigit) ? inner : $"({inner})";
    }
}
