using System.Text.RegularExpressions;

namespace Qwen35Batch.Persistence.Searching;

/// <summary>
/// What is searched for: words, <c>"phrases"</c>, <c>-without</c> and <c>field:word</c>, all of which must hold. Nothing of it reaches the
/// database as its own query language.
/// </summary>
public sealed partial record SearchQuery
{
    private const int Longest = 500;
    private const int MostParts = 32;

    private SearchQuery(IReadOnlyList<SearchPart> parts) => Parts = parts;

    internal IReadOnlyList<SearchPart> Parts { get; }

    /// <summary>Reads what a person wrote.</summary>
    /// <param name="text">Such as <c>"gross weight" port:神戸 -draft</c>.</param>
    /// <exception cref="FormatException">It asks for nothing, or for too much; the message says what to write.</exception>
    public static SearchQuery Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > Longest) throw new FormatException($"The search has {text.Length} characters; at most {Longest} are taken.");
        var parts = new List<SearchPart>();
        foreach (Match found in Part().Matches(text))
        {
            var units = SearchText.Units(found.Groups["phrase"].Success ? found.Groups["phrase"].Value : found.Groups["word"].Value);
            if (units.Count == 0) continue;
            var field = InsightScalars.Folded(found.Groups["field"].Value);
            parts.Add(new(units, field.Length == 0 ? null : field, found.Groups["not"].Length > 0));
        }

        if (parts.Count > MostParts) throw new FormatException($"The search has {parts.Count} words; at most {MostParts} are taken.");
        return parts.Exists(part => !part.IsExcluded)
            ? new(parts)
            : throw new FormatException(
                "The search names no word to be found: write words, \"phrases in quotes\", field:word, or -word for what is not wanted.");
    }

    [GeneratedRegex("""(?<not>(?<!\S)-)?(?:(?<field>[^\s":]+):)?(?:"(?<phrase>[^"]*)"?|(?<word>[^\s"]+))""", RegexOptions.ExplicitCapture)]
    private static partial Regex Part();
}

/// <summary>One thing that is searched for.</summary>
/// <param name="Units">What stands one behind the other.</param>
/// <param name="Field">The folded name of the property that it stands under; null for any.</param>
/// <param name="IsExcluded">Whether it must not be there.</param>
internal sealed record SearchPart(IReadOnlyList<SearchUnit> Units, string? Field, bool IsExcluded)
{
    /// <summary>The terms in the index that an insight with this part has.</summary>
    public IEnumerable<string> Terms =>
        InsightTerms.Wanted(Units).Select(term => Field is null ? term : InsightTerms.InField(Field, term));

    /// <summary>Whether the index alone says that the part is there.</summary>
    public bool IsOneTerm => InsightTerms.Wanted(Units).Take(2).Count() == 1;

    public bool IsIn(InsightScalar scalar, IReadOnlyList<SearchUnit> units) =>
        (Field is null || Field == scalar.Name) && SearchText.Contains(units, Units);
}
