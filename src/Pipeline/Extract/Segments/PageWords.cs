using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.Pipeline.Extract.Segments;

/// <summary>The words of a page or picture, with the places where they are shown.</summary>
/// <param name="Words">In reading order.</param>
/// <param name="Method">What read them: <see cref="CitationMethod.TextLayer"/> or <see cref="CitationMethod.Ocr"/>.</param>
/// <param name="IsWhole">False when there are more than were read: what is not among them may still be on the page.</param>
internal sealed record PageWords(IReadOnlyList<PageWord> Words, CitationMethod Method, bool IsWhole)
{
    /// <summary>These and what was recognised on the picture; where both have a word, this one.</summary>
    public PageWords With(PageWords recognised)
    {
        var lines = Words.Select(word => word.Line + 1).DefaultIfEmpty(0).Max();
        var added = recognised.Words.Where(word => !Words.Any(own => Covers(own.Box, word.Box)))
            .Select(word => word with { Line = lines + word.Line, IsRecognised = true });
        return this with { Words = [.. Words, .. added], IsWhole = recognised.IsWhole };
    }

    /// <summary>Whether the middle of a word is within another, or the other way round.</summary>
    private static bool Covers(Box first, Box second) => HasMiddle(first, second) || HasMiddle(second, first);

    private static bool HasMiddle(Box box, Box other)
    {
        var (across, down) = (other.Left + (other.Width / 2) - box.Left, other.Top + (other.Height / 2) - box.Top);
        return across >= 0 && across <= box.Width && down >= 0 && down <= box.Height;
    }
}

/// <summary>A word.</summary>
/// <param name="Text">As it stands there; never empty.</param>
/// <param name="Box">Its place on the picture as it is shown.</param>
/// <param name="Line">Words with the same number stand on one line, one behind the other.</param>
/// <param name="IsRecognised">Whether it was recognised on the picture, though most of the page's words are its own.</param>
internal sealed record PageWord(string Text, Box Box, int Line, bool IsRecognised = false);
