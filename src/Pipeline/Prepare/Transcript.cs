using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Prepare;

/// <summary>What was said in a span of sound.</summary>
/// <param name="Language">The language that was heard, as the transcription names it.</param>
/// <param name="Spans">In order of time.</param>
/// <param name="IsOfSubtitles">Whether it is what the file's own subtitles say, and nothing that was heard.</param>
internal sealed record Transcript(string? Language, IReadOnlyList<TranscriptSpan> Spans, bool IsOfSubtitles = false)
{
    /// <summary>What the file's own subtitles say.</summary>
    public static Transcript Of(Subtitles subtitles) =>
        new(
            subtitles.Language,
            [.. subtitles.Lines.Select(line => new TranscriptSpan(line.Start, line.End, line.Text))],
            IsOfSubtitles: true);
}
