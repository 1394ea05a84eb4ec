using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Prepare;

namespace Qwen35Batch.Pipeline.Grounding;

/// <summary>What was said: a place is a span of time.</summary>
internal sealed class SpeechGround(Transcript transcript, SegmentReference segment) : LinearGround
{
    public override IReadOnlyList<SourceWord> Words { get; } =
    [
        .. transcript.Spans.SelectMany((span, line) => TextGround.Split(span.Text).Select(word => new SourceWord(word.Text, line))),
    ];

    public override Citation Cite(IReadOnlyList<WordSlice> slices)
    {
        var spans = slices.Select(slice => transcript.Spans[Words[slice.Word].Line]).ToList();
        return new()
        {
            Segment = segment.Number,
            StartSeconds = spans.Min(span => span.Start),
            EndSeconds = spans.Max(span => span.End),
            Method = transcript.IsOfSubtitles ? CitationMethod.Subtitle : CitationMethod.Transcript,
        };
    }
}
