using System.Text;
using System.Text.Json;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Searching;

/// <summary>
/// The terms of an insight: of each text and number its words, its characters and pairs of neighbouring characters where no blanks are set,
/// and all of them once more with the name of their property before them.
/// </summary>
internal static class InsightTerms
{
    // A tsvector holds a megabyte.
    private const int MostBytes = 400_000;
    private const char OfField = '=';

    public static TermsRow Row(JsonElement insight, long id = 0) => new() { InsightId = id, Terms = Of(insight) };

    /// <summary>The terms, each once, with a blank between; of an insight of a megabyte the first ones.</summary>
    public static string Of(JsonElement insight)
    {
        var terms = new HashSet<string>(StringComparer.Ordinal);
        var text = new StringBuilder();
        foreach (var scalar in InsightScalars.Of(insight))
        {
            foreach (var term in Terms(SearchText.Units(scalar.Text)))
            {
                foreach (var one in scalar.Name.Length == 0 ? [term] : (string[])[term, InField(scalar.Name, term)])
                {
                    if (!terms.Add(one)) continue;
                    if (text.Length + one.Length > MostBytes / 3) return text.ToString().TrimEnd();
                    text.Append(one).Append(' ');
                }
            }
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>What of a text is in the index.</summary>
    public static IEnumerable<string> Terms(IReadOnlyList<SearchUnit> units)
    {
        for (var at = 0; at < units.Count; at++)
        {
            yield return units[at].Text;
            if (IsPair(units, at)) yield return units[at - 1].Text + units[at].Text;
        }
    }

    /// <summary>The fewest terms that a text with these units has; the pairs where there are any, for they are rarer.</summary>
    public static IEnumerable<string> Wanted(IReadOnlyList<SearchUnit> units)
    {
        for (var at = 0; at < units.Count; at++)
        {
            if (IsPair(units, at))
                yield return units[at - 1].Text + units[at].Text;
            else if (at + 1 == units.Count || !IsPair(units, at + 1))
                yield return units[at].Text;
        }
    }

    public static string InField(string name, string term) => $"{name}{OfField}{term}";

    private static bool IsPair(IReadOnlyList<SearchUnit> units, int at) =>
        at > 0 && units[at].IsCharacter && units[at].IsJoined && units[at - 1].IsCharacter;
}
