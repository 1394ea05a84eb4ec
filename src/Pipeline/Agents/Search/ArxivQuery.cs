using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Agents.Search;

/// <summary>A search in arXiv's language, made of plain words: nothing of them is an operator.</summary>
internal static partial class ArxivQuery
{
    /// <summary>The most results of one request, and the last result that the API gives.</summary>
    public const int MaxPage = 2_000;
    public const int MaxResults = 30_000;

    private const int MaxWords = 12;

    /// <summary>The query of the address.</summary>
    /// <param name="words">The words, all of which are wanted.</param>
    /// <param name="category">A category such as <c>cs.LG</c>; null for all.</param>
    /// <param name="from">The first day of submission, as <c>2026-01-31</c>; null for any.</param>
    /// <param name="to">The last day of submission; null for any.</param>
    /// <param name="start">How many results are passed over.</param>
    /// <param name="count">How many results are wanted.</param>
    /// <exception cref="ToolFailedException">The API would not answer that.</exception>
    public static string Build(string words, string? category, string? from, string? to, int start, int count)
    {
        if (count is < 1 or > MaxPage)
            throw new ToolFailedException($"One call gives 1 to {MaxPage:N0} papers, not {count:N0}.");
        if (start < 0 || start + count > MaxResults)
        {
            throw new ToolFailedException(
                $"arXiv gives the first {MaxResults:N0} papers of a search only: make it narrower, by dates or words.");
        }

        var terms = Words().Matches(words).Take(MaxWords).Select(word => $"all:\"{word.Value}\"").ToList();
        if (terms.Count == 0) throw new ToolFailedException("The query has no words to search for.");
        if (category is { Length: > 0 })
        {
            if (!Category().IsMatch(category))
                throw new ToolFailedException("The category is none of arXiv's: it looks like cs.LG or hep-th.");
            terms.Add($"cat:{category}");
        }

        if (from is { Length: > 0 } || to is { Length: > 0 })
            terms.Add($"submittedDate:[{Day(from, "from") ?? "19910101"}0000 TO {Day(to, "to") ?? "29991231"}2359]");
        return new StringBuilder("search_query=").Append(Uri.EscapeDataString(string.Join(" AND ", terms)))
            .Append(CultureInfo.InvariantCulture, $"&start={start}&max_results={count}&sortBy=submittedDate&sortOrder=descending")
            .ToString();
    }

    private static string? Day(string? day, string argument)
    {
        if (day is not { Length: > 0 }) return null;
        return DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date.ToString("yyyyMMdd", CultureInfo.InvariantCulture)
            : throw new ToolFailedException($"The argument '{argument}' is no day: write it as 2026-01-31.");
    }

    [GeneratedRegex(@"[\p{L}\p{M}\p{N}]+(?:[-.'][\p{L}\p{M}\p{N}]+)*", RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    [GeneratedRegex(@"^[a-z]{2,10}(-[a-z]{2,4})?(\.[A-Za-z-]{2,4})?$", RegexOptions.CultureInvariant)]
    private static partial Regex Category();
}
