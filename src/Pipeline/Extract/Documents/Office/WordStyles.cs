using System.Globalization;
using System.Xml.Linq;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;

namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>What styles say of paragraphs and runs, with what they take over from the styles that they are based on.</summary>
internal sealed class WordStyles
{
    private const int MaxAncestors = 20;
    private readonly Dictionary<string, XElement> _styles = new(StringComparer.Ordinal);

    /// <param name="styles">The root of the part of styles, or null when there is none.</param>
    public WordStyles(XElement? styles)
    {
        foreach (var style in styles.Children("style"))
            _styles.TryAdd(style.Att("styleId") ?? "", style);
    }

    /// <summary>The level of a heading from 1, or null.</summary>
    public int? HeadingLevel(string? styleId)
    {
        foreach (var style in WithAncestors(styleId))
        {
            // Style ids are in the author's language, the names behind them are not.
            var name = style.Val("name") ?? "";
            if (name.Equals("title", StringComparison.OrdinalIgnoreCase))
                return 1;
            if (name.StartsWith("heading ", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(name.AsSpan(8), CultureInfo.InvariantCulture, out var level))
            {
                return level;
            }

            if (int.TryParse(style.Child("pPr").Val("outlineLvl"), CultureInfo.InvariantCulture, out var outline)
                && outline is >= 0 and < 9)
            {
                return outline + 1;
            }
        }

        return null;
    }

    /// <summary>The list that a paragraph style belongs to, with the style that says so; null when none.</summary>
    public (string NumId, int? Level, string StyleId)? Numbering(string? styleId)
    {
        foreach (var style in WithAncestors(styleId))
        {
            if (style.Child("pPr").Child("numPr") is { } numbering && numbering.Val("numId") is { } id)
            {
                return (
                    id,
                    int.TryParse(numbering.Val("ilvl"), CultureInfo.InvariantCulture, out var level) ? level : null,
                    style.Att("styleId") ?? "");
            }
        }

        return null;
    }

    /// <summary>A property of a run: its own, else its style's.</summary>
    public XElement? RunProperty(XElement? properties, string name, string? paragraphStyle) =>
        properties.Child(name)
        ?? WithAncestors(properties.Val("rStyle"))
            .Concat(WithAncestors(paragraphStyle))
            .Select(style => style.Child("rPr").Child(name))
            .FirstOrDefault(found => found is not null);

    private IEnumerable<XElement> WithAncestors(string? styleId)
    {
        for (var generation = 0; generation < MaxAncestors
            && styleId is not null
            && _styles.TryGetValue(styleId, out var style); generation++)
        {
            yield return style;
            styleId = style.Val("basedOn");
        }
    }
}
