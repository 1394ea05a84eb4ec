using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.Pipeline.Extract.Segments;

/// <summary>The words of a page or picture, with the places where they are shown.</summary>
/// <param name="Words">In reading order.</param>
/// <param name="Method">What read them: <see cref="CitationMethod.TextLayer"/> or <see cref="CitationMethod.Ocr"/>.</param>
/// <param name="IsWhole">False when there are more than were read: what is not among them may still be on the page.</param>
internal sealed record PageWords(IReadOnlyList<PageWord> Words, CitationMethod Method, bool IsWhole);

/// <summary>A word.</summary>
/// <param name="Text">As it stands there; never empty.</param>
/// <param name="Box">Its place on the picture as it is shown.</param>
/// <param name="Line">Words with the same number stand on one line, one behind the other.</param>
internal sealed record PageWord(string Text, Box Box, int Line);
