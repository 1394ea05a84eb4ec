using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;

namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>The numbers that Word writes before paragraphs: they are in no text, but counted by whoever shows the document.</summary>
internal sealed partial class WordNumbering
{
    private const int Levels = 9;
    private const int MaxLabel = 200;

    private readonly Dictionary<string, XElement> _abstract = new(StringComparer.Ordinal);
    private readonly Dictionary<string, XElement> _lists = new(StringComparer.Ordinal);
    private readonly Dictionary<string, XElement> _ofStyles = new(StringComparer.Ordinal);

    // Looked up for every paragraph, and gone through once.
    private readonly Dictionary<(XElement List, string Kind, int Level), XElement?> _levels = [];
    private readonly Dictionary<(string List, string Style), int?> _levelsOfStyles = [];
    private readonly Dictionary<string, int[]> _counts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _restarted = new(StringComparer.Ordinal);

    /// <param name="numbering">The root of the numbering part, or null when there is none.</param>
    public WordNumbering(XElement? numbering)
    {
        foreach (var list in numbering.Children("abstractNum"))
        {
            _abstract.TryAdd(list.Att("abstractNumId") ?? "", list);
            if (list.Val("styleLink") is { } style)
                _ofStyles.TryAdd(style, list);
        }

        foreach (var list in numbering.Children("num"))
            _lists.TryAdd(list.Att("numId") ?? "", list);
    }

    /// <summary>How often a list was gone through: once for each of its levels and styles, however long the document is.</summary>
    public int Searches { get; private set; }

    /// <summary>The level of a list that a paragraph style stands for, or null.</summary>
    public int? LevelOf(string numId, string styleId)
    {
        if (_levelsOfStyles.TryGetValue((numId, styleId), out var known)) return known;
        Searches++;
        var found = Definition(numId).Children("lvl").FirstOrDefault(level => level.Val("pStyle") == styleId);
        return _levelsOfStyles[(numId, styleId)] =
            int.TryParse(found?.Att("ilvl"), CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>Counts a paragraph and gives what stands before it: a number such as <c>2.1)</c>, or <c>-</c>.</summary>
    /// <param name="numId">The paragraph's list.</param>
    /// <param name="level">From 0.</param>
    public string Label(string numId, int level)
    {
        level = Math.Clamp(level, 0, Levels - 1);
        if (Definition(numId) is not { } definition)
            return "-";
        var counts = Counts(numId, definition, level);
        for (var deeper = level + 1; deeper < Levels; deeper++)
        {
            if (Restarts(definition, deeper, level))
                counts[deeper] = 0;
        }

        // A level above that was never reached counts as its first.
        for (var above = 0; above < level; above++)
        {
            if (counts[above] == 0)
                counts[above] = Start(numId, definition, above);
        }

        counts[level] = counts[level] == 0 ? Start(numId, definition, level) : counts[level] + 1;
        return Text(numId, definition, level, counts);
    }

    private int[] Counts(string numId, XElement definition, int level)
    {
        // Lists with the same definition count on from each other, unless one of them starts anew.
        var key = definition.Att("abstractNumId") ?? "";
        if (!_counts.TryGetValue(key, out var counts))
            _counts[key] = counts = new int[Levels];
        if (_restarted.Add($"{numId}/{level}") && Override(numId, level).Val("startOverride") is not null)
            counts[level] = 0;
        return counts;
    }

    private string Text(string numId, XElement definition, int level, int[] counts)
    {
        var properties = Level(numId, definition, level);
        var format = Format(properties);
        if (format == "bullet" || properties is null)
            return "-";
        var isLegal = properties.IsOn("isLgl");
        var label = Place().Replace(properties.Val("lvlText") ?? "", match =>
        {
            var place = match.Value[1] - '1';
            return ListNumbers.Of(counts[place], isLegal ? "decimal" : Format(Level(numId, definition, place)));
        });
        return label.Length <= MaxLabel ? label.Trim() : label[..MaxLabel];
    }

    private XElement? Definition(string numId)
    {
        if (!_lists.TryGetValue(numId, out var list) || !_abstract.TryGetValue(list.Val("abstractNumId") ?? "", out var definition))
            return null;
        // A definition may point at a style, and the one that the style stands for at the levels.
        if (definition.Val("numStyleLink") is { } style)
            return _ofStyles.GetValueOrDefault(style, definition);
        return definition;
    }

    private XElement? Override(string numId, int level) => Of(_lists[numId], "lvlOverride", level);

    private XElement? Level(string numId, XElement definition, int level) =>
        Override(numId, level).Child("lvl")
        ?? Of(definition, "lvl", level);

    private XElement? Of(XElement list, string kind, int level)
    {
        if (_levels.TryGetValue((list, kind, level), out var known))
            return known;
        Searches++;
        var number = level.ToString(CultureInfo.InvariantCulture);
        return _levels[(list, kind, level)] = list.Children(kind).FirstOrDefault(each => each.Att("ilvl") == number);
    }

    private int Start(string numId, XElement definition, int level)
    {
        var text = Override(numId, level).Val("startOverride") ?? Level(numId, definition, level).Val("start");
        return int.TryParse(text, CultureInfo.InvariantCulture, out var start) ? start : 1;
    }

    private static string Format(XElement? level) =>
        level.Val("numFmt") ?? level.Child("AlternateContent").All("numFmt").FirstOrDefault()?.Att("val") ?? "decimal";

    private bool Restarts(XElement definition, int deeper, int level)
    {
        var text = Of(definition, "lvl", deeper).Val("lvlRestart");
        return !int.TryParse(text, CultureInfo.InvariantCulture, out var restart) || (restart > 0 && level < restart);
    }

    [GeneratedRegex("%[1-9]")]
    private static partial Regex Place();
}
