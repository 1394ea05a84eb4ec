using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Prepare;

/// <summary>The chapters that a file names, as a hint to the model.</summary>
internal static class ChapterHints
{
    private const int Most = 60;

    /// <summary>The chapters that touch a span; null when there are none.</summary>
    /// <param name="media">The media.</param>
    /// <param name="span">The span that is sent, or null for the whole.</param>
    public static string? Of(MediaDescription media, TimeSpanSeconds? span)
    {
        var chapters = media.Chapters?
            .Where(chapter => span is null || (chapter.StartSeconds < span.End && chapter.EndSeconds > span.Start))
            .ToList();
        if (chapters is not { Count: > 0 })
            return null;
        var lines = chapters.Take(Most).Select(
            chapter => $"[{Prompts.Span(chapter.StartSeconds, chapter.EndSeconds)}] {chapter.Title.ReplaceLineEndings(" ")}");
        return UntrustedText.Fence("Chapters as the file names them", string.Join('\n', lines));
    }
}
