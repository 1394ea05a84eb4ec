using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Prepare;

namespace Qwen35Batch.Pipeline.Grounding;

/// <summary>What the fields of a segment are looked for in: words, the ways to read them, and what a place among them is called.</summary>
internal abstract class Ground
{
    private IReadOnlyList<FoldedText>? _readings;

    /// <summary>In the order in which they are read.</summary>
    public abstract IReadOnlyList<SourceWord> Words { get; }

    /// <summary>False when more stands there than is known: what is not found may be there all the same.</summary>
    public virtual bool IsWhole => true;

    /// <summary>The words in every order that makes sense, the most probable first.</summary>
    public IReadOnlyList<FoldedText> Readings => _readings ??= [.. Orders().Select(order => FoldedText.Of(Words, order))];

    /// <summary>What was sent of a segment that can be looked in; null when nothing was.</summary>
    public static Ground? Of(Evidence evidence) => evidence switch
    {
        { Segment.Kind: SegmentKind.Synthesis } => InsightGround.Of(evidence.Insights),
        { Words: { Words.Count: > 0 } words } => new PageGround(words, evidence),
        { Transcript: { Spans.Count: > 0 } transcript } => new SpeechGround(transcript, evidence.Segment),
        { Text.Length: > 0 } => new TextGround(evidence.Text, evidence.Origin, evidence.Segment),
        _ => null,
    };

    /// <summary>A citation of a place, without the field, the words and the score.</summary>
    public abstract Citation Cite(IReadOnlyList<WordSlice> slices);

    /// <summary>
    /// The citations of a place, each with the words that are its own: several where a value goes on from one page to the next.
    /// </summary>
    public virtual IReadOnlyList<(Citation Citation, IReadOnlyList<WordSlice> Slices)> CiteAll(IReadOnlyList<WordSlice> slices) =>
        [(Cite(slices), slices)];

    /// <summary>
    /// How probable it is, by their places alone, that what stands at the second belongs to what stands at the first: 0 to 1.
    /// </summary>
    public abstract double Nearness(Occurrence first, Occurrence second);

    /// <summary>The page of a word, where the words are of several.</summary>
    public virtual int? PageOf(int word) => null;

    /// <summary>The words at a place, as they stand there.</summary>
    public string Matched(IReadOnlyList<WordSlice> slices) =>
        string.Join(' ', slices.Select(slice => Words[slice.Word].Text[slice.Start..slice.End]));

    protected virtual IEnumerable<IReadOnlyList<int>> Orders() => [[.. Enumerable.Range(0, Words.Count)]];
}
