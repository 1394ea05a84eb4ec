using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>
/// Words of vertical writing, where the tool takes the place from which a font draws a character for its lower left corner: it is the
/// middle of its upper edge. What it says is half a character too far to the right, and a whole one too high.
/// </summary>
internal static class VerticalWords
{
    private const char FirstIdeographic = '\u2E80';

    /// <summary>Whether there is text that vertical writing would explain.</summary>
    /// <param name="words">The words of a page.</param>
    /// <param name="rotation">How the page is turned when it is shown, clockwise.</param>
    public static bool MayBe(PageWords words, int rotation) => words.Words.Any(word => IsUpended(word, rotation));

    /// <summary>The words with their places put right.</summary>
    public static PageWords Correct(PageWords words, int rotation)
    {
        var lines = words.Words.Where(word => IsUpended(word, rotation)).Select(word => word.Line).ToHashSet();
        // A single character has no direction: it has that of most of the others.
        var most = words.Words.Count(word => word.Text.Length > 1 && IsIdeographic(word)) < 2 * lines.Count;
        return words with
        {
            Words =
            [
                .. words.Words.Select(word => lines.Contains(word.Line) || (most && word.Text.Length == 1 && IsIdeographic(word))
                    ? word with { Box = Moved(word, rotation) }
                    : word)
            ],
        };
    }

    private static bool IsUpended(PageWord word, int rotation)
    {
        var (across, along) = rotation is 90 or 270 ? (word.Box.Height, word.Box.Width) : (word.Box.Width, word.Box.Height);
        return word.Text.Length > 1 && IsIdeographic(word) && along > across * 1.2;
    }

    private static bool IsIdeographic(PageWord word) => word.Text.Any(character => character >= FirstIdeographic);

    private static Box Moved(PageWord word, int rotation)
    {
        var box = word.Box;
        var isTurned = rotation is 90 or 270;
        // Characters of vertical writing are as high as they are wide.
        var along = (isTurned ? box.Width : box.Height) / word.Text.Length;
        var across = isTurned ? box.Height : box.Width;
        var (x, y) = rotation switch
        {
            90 => (-along, -across / 2),
            180 => (across / 2, -along),
            270 => (along, across / 2),
            _ => (-across / 2, along),
        };
        return box with
        {
            Left = Math.Clamp(box.Left + x, 0, 1 - box.Width),
            Top = Math.Clamp(box.Top + y, 0, 1 - box.Height),
        };
    }
}
