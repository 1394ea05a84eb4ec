using System.Globalization;
using System.Xml.Linq;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;

namespace Qwen35Batch.Pipeline.Extract.Documents.OpenDocument;

/// <summary>The numbers of lists and headings of an OpenDocument: they are in no text, but counted by whoever shows the document.</summary>
internal sealed class OpenLists
{
    private const int Levels = 10;

    private readonly Dictionary<string, XElement?[]> _styles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int[]> _ended = new(StringComparer.Ordinal);
    private readonly XElement?[] _outline;
    private readonly int[] _headings = new int[Levels];
    private readonly Stack<(string Style, int[] Counts)> _open = new();

    /// <param name="roots">The parts that styles stand in; what an earlier one names is not looked for in a later one.</param>
    public OpenLists(IReadOnlyList<XElement> roots)
    {
        foreach (var style in roots.SelectMany(root => root.All("list-style")))
            _styles.TryAdd(style.Att("name") ?? "", ByLevel(style));
        _outline = roots.SelectMany(root => root.All("outline-style")).FirstOrDefault() is { } outline ? ByLevel(outline) : [];
    }

    /// <summary>Counts a heading and gives what stands before it; empty when headings have no numbers.</summary>
    /// <param name="level">From 1.</param>
    public string Heading(int level)
    {
        if (level is < 1 or > Levels || _outline.Length == 0) return "";
        Array.Clear(_headings, level, Levels - level);
        _headings[level - 1] = Next(_headings[level - 1], _outline[level - 1]);
        return Label(_outline, level, _headings);
    }

    /// <summary>
    /// The items of a list in order, each with what stands before it; lists within an item are asked for while it is open.
    /// </summary>
    public IEnumerable<(XElement Item, string Label)> Items(XElement list)
    {
        var level = _open.Count + 1;
        var (outer, above) = _open.TryPeek(out var around) ? around : ("", new int[Levels]);
        var style = list.Att("style-name") ?? outer;
        var counts = (int[])above.Clone();
        if (level <= Levels)
        {
            // Only a list that says so counts on from the one before it.
            counts[level - 1] = list.Att("continue-numbering") == "true" && _ended.TryGetValue(style, out var before)
                ? before[level - 1]
                : 0;
        }

        _open.Push((style, counts));
        var levels = _styles.GetValueOrDefault(style);
        foreach (var item in list.Elements().Where(item => item.Name.LocalName is "list-header" or "list-item"))
        {
            if (item.Name.LocalName == "list-header" || level > Levels || levels?[level - 1] is not { } format || !IsNumbered(format))
            {
                yield return (item, item.Name.LocalName == "list-header" ? "" : "-");
                continue;
            }

            counts[level - 1] = int.TryParse(item.Att("start-value"), CultureInfo.InvariantCulture, out var start)
                ? start
                : Next(counts[level - 1], format);
            yield return (item, Label(levels, level, counts));
        }

        _ended[style] = counts;
        _open.Pop();
    }

    private static int Next(int count, XElement? format) => count > 0
        ? count + 1
        : int.TryParse(format?.Att("start-value"), CultureInfo.InvariantCulture, out var start) ? start : 1;

    private static bool IsNumbered(XElement format) => format.Att("num-format") is { Length: > 0 };

    private static XElement?[] ByLevel(XElement style)
    {
        var levels = new XElement?[Levels];
        foreach (var each in style.Elements())
        {
            if (int.TryParse(each.Att("level"), CultureInfo.InvariantCulture, out var level) && level is >= 1 and <= Levels)
                levels[level - 1] ??= each;
        }

        return levels;
    }

    private static string Label(XElement?[] levels, int level, int[] counts)
    {
        if (levels[level - 1] is not { } format || !IsNumbered(format)) return "";
        var shown = int.TryParse(format.Att("display-levels"), CultureInfo.InvariantCulture, out var display) ? display : 1;
        var numbers = Enumerable.Range(Math.Max(1, level - shown + 1), Math.Clamp(shown, 1, level))
            .Where(each => levels[each - 1] is { } own && IsNumbered(own))
            .Select(each => ListNumbers.Of(Math.Max(1, counts[each - 1]), Format(levels[each - 1]!.Att("num-format"))));
        return $"{format.Att("num-prefix")}{string.Join('.', numbers)}{format.Att("num-suffix")}".Trim();
    }

    private static string Format(string? format) => format switch
    {
        "a" => "lowerLetter",
        "A" => "upperLetter",
        "i" => "lowerRoman",
        "I" => "upperRoman",
        "一, 二, 三, ..." or "一" => "japaneseCounting",
        "ア, イ, ウ, ..." or "ア" => "aiueoFullWidth",
        "イ, ロ, ハ, ..." or "イ" => "irohaFullWidth",
        "①, ②, ③, ..." or "①" => "decimalEnclosedCircle",
        _ => "decimal",
    };
}
