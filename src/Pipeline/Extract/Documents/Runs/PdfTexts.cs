namespace Qwen35Batch.Pipeline.Extract.Documents.Runs;

/// <summary>What the tools that write text say of several pages; each page is taken once.</summary>
/// <param name="from">The first page, from 1.</param>
/// <param name="pages">What is said of each, in order.</param>
internal sealed class PdfTexts(int from, PdfPageParts?[] pages)
{
    private readonly PdfPageParts?[] _pages = pages;

    /// <summary>Whether no tool failed.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Several after one another.</summary>
    /// <param name="from">The first page, from 1.</param>
    /// <param name="parts">How many pages each has, and what is said of them; null where nothing is.</param>
    public static PdfTexts Of(int from, IEnumerable<(int Pages, PdfTexts? Texts)> parts) =>
        new(from, [.. parts.SelectMany(part => part.Texts?._pages ?? new PdfPageParts?[part.Pages])]) { IsWhole = true };

    /// <summary>What is said of a page.</summary>
    public PdfPageParts Take(int page)
    {
        var parts = _pages[page - from] ?? new();
        _pages[page - from] = null;
        return parts;
    }
}
