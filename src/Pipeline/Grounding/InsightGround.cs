using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Contracts.Stages;

namespace Qwen35Batch.Pipeline.Grounding;

/// <summary>
/// For a synthesis, what was found for the fields of the segments that it brings together: a place is the one that they cite. A value that
/// goes on at the top of the next page is there in two segments, each with its own part.
/// </summary>
internal sealed class InsightGround : LinearGround
{
    private readonly List<Citation> _citations;

    private InsightGround(List<Citation> citations)
    {
        _citations = citations;
        Words =
        [
            .. citations.SelectMany(
                (citation, line) => TextGround.Split(citation.Matched!).Select(word => new SourceWord(word.Text, line))),
        ];
    }

    public override IReadOnlyList<SourceWord> Words { get; }

    /// <summary>Null when no text was looked in for any of the insights.</summary>
    public static InsightGround? Of(IReadOnlyList<SegmentInsight> insights)
    {
        var citations = insights.SelectMany(insight => insight.Citations).Where(citation => citation.Matched is { Length: > 0 }).ToList();
        return citations.Count == 0 ? null : new(citations);
    }

    public override Citation Cite(IReadOnlyList<WordSlice> slices) => _citations[Words[slices[0].Word].Line];

    public override IReadOnlyList<(Citation Citation, IReadOnlyList<WordSlice> Slices)> CiteAll(IReadOnlyList<WordSlice> slices) =>
    [
        .. slices.GroupBy(slice => Words[slice.Word].Line)
            .DistinctBy(part => (_citations[part.Key].Segment, _citations[part.Key].Box, _citations[part.Key].Address))
            .Select(part => (_citations[part.Key], (IReadOnlyList<WordSlice>)[.. part])),
    ];

    public override int? PageOf(int word) => _citations[Words[word].Line].Page;

    // As the segments name them, and so that what stands last on a page is followed by what stands first on the next.
    protected override IEnumerable<IReadOnlyList<int>> Orders()
    {
        int[] named = [.. Enumerable.Range(0, Words.Count)];
        yield return named;
        var words = named.ToLookup(word => Words[word].Line);
        int[] across =
        [
            .. Enumerable.Range(0, _citations.Count)
                .GroupBy(line => _citations[line].Segment)
                .SelectMany(OnPage)
                .SelectMany(line => words[line]),
        ];
        if (!across.SequenceEqual(named))
            yield return across;
    }

    // Only the first and the last of them matter: between them, the order of the answer tells more than that of the places.
    private IEnumerable<int> OnPage(IEnumerable<int> segment)
    {
        var lines = segment.ToList();
        if (lines.Exists(line => _citations[line].Box is null)) return lines;
        var first = lines.MinBy(line => _citations[line].Box!.Top);
        var last = lines.Where(line => line != first).DefaultIfEmpty(first)
            .MaxBy(line => _citations[line].Box!.Top + _citations[line].Box!.Height);
        return last == first ? lines : [first, .. lines.Where(line => line != first && line != last), last];
    }
}
