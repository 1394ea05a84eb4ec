using Qwen35Batch.Schemas.Reading;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Schemas.Hints;

/// <summary>Finds the keyword that was most likely meant by a name that is none.</summary>
internal static class KeywordSpelling
{
    private const int LongestName = 40;
    private const int ShortKeyword = 4;

    // Keywords that mean nothing to a validator, or only to another keyword.
    private static readonly HashSet<string> Annotations = new(StringComparer.Ordinal)
    {
        "$id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$comment", "$vocabulary", "$defs", "definitions", "title", "description",
        "default", "examples", "example", "deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "contentSchema",
        "minContains", "maxContains", "id", "discriminator", "xml", "externalDocs", "nullable",
    };

    // Near to a keyword by chance.
    private static readonly HashSet<string> Others = new(StringComparer.Ordinal)
    {
        "name", "note", "notes", "comment", "enumNames", "propertyOrder", "schema",
    };

    // Each lies further from its keyword than a slip of the pen.
    private static readonly Dictionary<string, string> Synonyms = new(StringComparer.Ordinal)
    {
        ["regex"] = "pattern",
        ["regexp"] = "pattern",
        ["minlen"] = "minLength",
        ["maxlen"] = "maxLength",
        ["minvalue"] = "minimum",
        ["maxvalue"] = "maximum",
        ["mincount"] = "minItems",
        ["maxcount"] = "maxItems",
        ["optionalproperties"] = "properties",
        ["additionalproperty"] = "additionalProperties",
        ["datatype"] = "type",
        ["allowedvalues"] = "enum",
        ["vocabulary"] = "x-vocabulary",
        ["vocab"] = "x-vocabulary",
    };

    private static readonly Lazy<(NameAutomaton Names, Dictionary<string, string> Keywords)> Known = new(() =>
    {
        var keywords = Keywords.All.Keys
            .Concat(["minContains", "maxContains"])
            .Where(keyword => keyword is not ("$schema" or "not" or "if"))
            .ToDictionary(Plain, keyword => keyword, StringComparer.Ordinal);
        return (NameAutomaton.Create(keywords.Keys), keywords);
    });

    /// <summary>Whether a name is a keyword, of this dialect or another.</summary>
    public static bool IsKnown(string name) =>
        Keywords.All.ContainsKey(name) || Keywords.Undecided.ContainsKey(name) || Annotations.Contains(name);

    /// <summary>Whether a name says itself that it is no keyword: an extension, or a keyword put out of use.</summary>
    public static bool IsOfSomebody(string name) => name.StartsWith("x-", StringComparison.Ordinal) || name is ['_' or '/' or '@', ..];

    /// <summary>The keyword, or null when none is near.</summary>
    public static string? Meant(string name)
    {
        if (IsKnown(name) || Others.Contains(name) || name.Length > LongestName || IsOfSomebody(name))
            return null;
        var plain = Plain(name);
        var (names, keywords) = Known.Value;
        if (keywords.TryGetValue(plain, out var same) || Synonyms.TryGetValue(plain, out same))
            return same;
        for (var i = 1; i < plain.Length; i++)
        {
            if (keywords.TryGetValue($"{plain[..(i - 1)]}{plain[i]}{plain[i - 1]}{plain[(i + 1)..]}", out var swapped))
                return swapped;
        }

        // A short word is near to many that are none: only one letter more is a slip then.
        return NearestName.Find(names, plain) is { } nearest && (nearest.Length > ShortKeyword || plain == nearest + "s")
            ? keywords[nearest]
            : null;
    }

    private static string Plain(string name) =>
        string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
}
