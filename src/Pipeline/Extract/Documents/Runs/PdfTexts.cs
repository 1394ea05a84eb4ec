namespace Qwen35Batch.Pipeline.Extract.Documents.Runs;

/// <summary>What the tools that write text say of several pages; each page is taken once.</summary>
/// <param name="from">The first page, from 1.</param>
/// <param name="infos">What <c>pdfinfo -box</c> says of each; null where it says nothing of one.</param>
/// <param name="texts">The text layers; null where a page has to be asked for alone.</param>
/// <param name="words">The words with their places; null where a page has to be asked for alone.</param>
/// <param name="pictures">What <c>pdfimages -list</c> says of all; null where it failed.</param>
internal sealed class PdfTexts(
    int from, IReadOnlyList<string?> infos, string?[] texts, ReadOnlyMemory<byte>?[] words, string? pictures)
{
    /// <summary>Whether no tool failed.</summary>
    public bool IsWhole { get; init; }

    /// <summary>What is said of a page.</summary>
    public PdfPageParts Take(int page)
    {
        var index = page - from;
        var parts = new PdfPageParts
        {
            Info = infos[index],
            Pictures = pictures is null ? null : PdfPageInfo.LinesOf(pictures, page),
            Text = texts[index],
            Words = words[index],
        };
        (texts[index], words[index]) = (null, null);
        return parts;
    }
}
