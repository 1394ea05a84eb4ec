using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Grounding;

/// <summary>Where a part of a word is: its box is known, that of its letters is estimated by their usual widths.</summary>
internal static class WordShape
{
    /// <summary>The box of a part.</summary>
    /// <param name="word">The word.</param>
    /// <param name="start">The first character.</param>
    /// <param name="end">The character behind the last one.</param>
    /// <param name="direction">Which way it is read; null when that is not known: then it is the whole word's box.</param>
    public static Box Part(PageWord word, int start, int end, ReadingDirection? direction)
    {
        if ((start == 0 && end == word.Text.Length) || direction is null)
            return word.Box;
        var all = Width(word.Text, 0, word.Text.Length);
        var (from, to) = (Width(word.Text, 0, start) / all, Width(word.Text, 0, end) / all);
        var box = word.Box;
        return direction switch
        {
            ReadingDirection.Right => box with { Left = box.Left + (from * box.Width), Width = (to - from) * box.Width },
            ReadingDirection.Left => box with { Left = box.Left + ((1 - to) * box.Width), Width = (to - from) * box.Width },
            ReadingDirection.Down => box with { Top = box.Top + (from * box.Height), Height = (to - from) * box.Height },
            _ => box with { Top = box.Top + ((1 - to) * box.Height), Height = (to - from) * box.Height },
        };
    }

    /// <summary>
    /// The direction of a word that stands alone on its line: the page's, when the word's shape does not speak against it.
    /// </summary>
    public static ReadingDirection? Guess(PageWord word, ReadingDirection page)
    {
        var isPageUpright = page is ReadingDirection.Right or ReadingDirection.Left;
        if (WordDirections.IsUpended(word) != isPageUpright)
            return page;
        return isPageUpright ? null : ReadingDirection.Right;
    }

    private static double Width(string text, int start, int end)
    {
        var width = 0.0;
        for (var at = start; at < end; at++)
        {
            width += text[at] switch
            {
                'i' or 'j' or 'l' or 'I' or '.' or ',' or ':' or ';' or '\'' or '|' or '!' => 0.28,
                'f' or 't' or 'r' or '(' or ')' or '[' or ']' or '-' or '/' or '"' => 0.35,
                'm' or 'w' or 'M' or 'W' or '@' or '%' => 0.87,
                >= 'A' and <= 'Z' => 0.7,
                < '\u1100' => 0.55,
                >= '\uFF61' and <= '\uFFDC' => 0.5,
                _ => 1,
            };
        }

        return width;
    }
}
