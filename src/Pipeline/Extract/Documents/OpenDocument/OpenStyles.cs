using System.Globalization;
using System.Xml.Linq;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;

namespace Qwen35Batch.Pipeline.Extract.Documents.OpenDocument;

/// <summary>The styles of an OpenDocument that change what is read: hidden, struck through, raised or lowered.</summary>
internal sealed class OpenStyles
{
    private readonly HashSet<string> _hiddenTables = new(StringComparer.Ordinal);
    private readonly HashSet<string> _hiddenSlides = new(StringComparer.Ordinal);
    private readonly HashSet<string> _hiddenText = new(StringComparer.Ordinal);
    private readonly HashSet<string> _struck = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _indices = new(StringComparer.Ordinal);

    /// <param name="roots">The parts that styles stand in.</param>
    public OpenStyles(IReadOnlyList<XElement> roots)
    {
        foreach (var style in roots.SelectMany(root => root.All("style")))
        {
            var name = style.Att("name") ?? "";
            var text = style.Child("text-properties");
            if (style.Child("table-properties")?.Att("display") == "false") _hiddenTables.Add(name);
            if (style.Child("drawing-page-properties")?.Att("visibility") == "hidden") _hiddenSlides.Add(name);
            if (text?.Att("display") == "none") _hiddenText.Add(name);
            if (text?.Att("text-line-through-style") is { } line && line != "none") _struck.Add(name);
            if (IsRaised(text?.Att("text-position")) is { } isRaised) _indices.TryAdd(name, isRaised);
        }
    }

    /// <summary>Whether a sheet is hidden.</summary>
    public bool IsHiddenTable(XElement sheet) => _hiddenTables.Contains(sheet.Att("style-name") ?? "");

    /// <summary>Whether a slide is hidden.</summary>
    public bool IsHiddenSlide(XElement slide) => _hiddenSlides.Contains(slide.Att("style-name") ?? "");

    /// <summary>Whether a span is hidden.</summary>
    public bool IsHiddenText(XElement span) => _hiddenText.Contains(span.Att("style-name") ?? "");

    /// <summary>Whether a span is struck through.</summary>
    public bool IsStruck(XElement span) => _struck.Contains(span.Att("style-name") ?? "");

    /// <summary>True for a raised span, false for a lowered one, null for any other.</summary>
    public bool? Index(XElement span) => _indices.TryGetValue(span.Att("style-name") ?? "", out var isRaised) ? isRaised : null;

    // "super 58%", "sub 58%", or how far it is raised, such as "33% 58%" or "-33% 58%".
    private static bool? IsRaised(string? position)
    {
        var first = position?.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return first switch
        {
            "super" => true,
            "sub" => false,
            null => null,
            _ => double.TryParse(first.TrimEnd('%'), CultureInfo.InvariantCulture, out var offset) && offset != 0 ? offset > 0 : null,
        };
    }
}
