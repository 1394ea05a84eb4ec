using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Contracts.Stages;

namespace Qwen35Batch.Pipeline.Grounding;

/// <summary>
/// For a synthesis, what was found for the fields of the segments that it brings together: a place is the one that they cite.
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

    public override int? PageOf(int word) => _citations[Words[word].Line].Page;
}
