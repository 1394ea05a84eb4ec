using System.Text.RegularExpressions;
using AngleSharp.Dom;

namespace Qwen35Batch.Pipeline.Extract.Documents.Web;

/// <summary>
/// What a page hides from those who look at it: by attributes, by its style, or by a rule of its own sheets for one name.
/// </summary>
internal sealed partial class HiddenText
{
    private readonly HashSet<string> _names;

    public HiddenText(IDocument page) => _names =
    [
        .. page.QuerySelectorAll("style").SelectMany(sheet => Rules().Matches(OtherMedia().Replace(sheet.TextContent, "")))
            .Where(rule => Invisible().IsMatch(rule.Groups[2].Value))
            .SelectMany(rule => rule.Groups[1].Value.Split(','))
            .Select(selector => selector.Trim())
            .Where(selector => Name().IsMatch(selector))
    ];

    public bool Has(IElement element) =>
        element.HasAttribute("hidden")
        || (element.GetAttribute("style") is { } style && Invisible().IsMatch(style))
        || (_names.Count > 0
            && (element.ClassList.Any(name => _names.Contains($".{name}")) || _names.Contains($"#{element.Id}")));

    // What is hidden on paper or on small screens only is shown all the same.
    [GeneratedRegex(
        @"@(?!media\s+(?:only\s+)?(?:screen|all)\s*\{)[^{};]{1,200}\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OtherMedia();

    [GeneratedRegex(@"([^{}]+)\{([^{}]*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Rules();

    [GeneratedRegex(@"^[.#][\w-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    // Not shown, of no size, of no opacity, or outside the page. White text is not among them: what is behind it cannot be told.
    [GeneratedRegex(
        @"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*(?:0|0?\.0\d*)\s*(?:[;!]|$)|color\s*:\s*transparent"
        + @"|font-size\s*:\s*(?:0|0?\.\d+|1(?:\.\d+)?px)\s*(?:[a-z%]*)\s*(?:[;!]|$)|(?:text-indent|left|top|right)\s*:\s*-\d{3,}"
        + @"|clip(?:-path)?\s*:\s*(?:rect\(\s*0[^)]*\)|inset\(\s*(?:50|100)%)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Invisible();
}
