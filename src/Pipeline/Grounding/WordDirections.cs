using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Grounding;

/// <summary>Which way words are read: told by where the words of a line follow each other.</summary>
internal static class WordDirections
{
    /// <summary>The direction of each line, by its number; null for a line of one word.</summary>
    public static ReadingDirection?[] OfLines(IReadOnlyList<PageWord> words)
    {
        var lines = new ReadingDirection?[words.Count == 0 ? 0 : words.Max(word => word.Line) + 1];
        foreach (var line in words.GroupBy(word => word.Line))
        {
            var (first, last) = (line.First(), line.Last());
            if (!ReferenceEquals(first, last))
                lines[line.Key] = Of(Middle(last.Box).X - Middle(first.Box).X, Middle(last.Box).Y - Middle(first.Box).Y);
        }

        return lines;
    }

    /// <summary>The direction of most of a page's text.</summary>
    public static ReadingDirection OfPage(IReadOnlyList<PageWord> words, ReadingDirection?[] lines)
    {
        var known = words.Where(word => lines[word.Line] is not null)
            .GroupBy(word => lines[word.Line]!.Value)
            .OrderByDescending(direction => direction.Sum(word => word.Text.Length))
            .ToList();
        return known.Count > 0
            ? known[0].Key
            : words.Where(word => word.Text.Length > 2).DefaultIfEmpty().Average(word => word is null ? 0 : IsUpended(word) ? 1 : 0) > 0.5
                ? ReadingDirection.Down
                : ReadingDirection.Right;
    }

    /// <summary>The words line by line across the whole page.</summary>
    public static IReadOnlyList<int> Across(IReadOnlyList<PageWord> words, ReadingDirection page)
    {
        var boxes = words.Select((word, index) => (Box: Turn(word.Box, page), Index: index)).OrderBy(word => word.Box.Top).ToList();
        var order = new List<int>();
        for (var from = 0; from < boxes.Count;)
        {
            // A line is what overlaps with its first word by half.
            var bottom = boxes[from].Box.Top + (boxes[from].Box.Height / 2);
            var to = from;
            while (to < boxes.Count && boxes[to].Box.Top < bottom)
                to++;
            order.AddRange(boxes[from..to].OrderBy(word => word.Box.Left).Select(word => word.Index));
            from = to;
        }

        return order;
    }

    /// <summary>A place as it is when the text is turned upright.</summary>
    public static Box Turn(Box box, ReadingDirection direction) => direction switch
    {
        ReadingDirection.Down => new(box.Top, 1 - box.Left - box.Width, box.Height, box.Width),
        ReadingDirection.Left => new(1 - box.Left - box.Width, 1 - box.Top - box.Height, box.Width, box.Height),
        ReadingDirection.Up => new(1 - box.Top - box.Height, box.Left, box.Height, box.Width),
        _ => box,
    };

    /// <summary>Whether a word is higher than wide, as one that is read downwards or upwards is.</summary>
    public static bool IsUpended(PageWord word) => word.Text.Length > 1 && word.Box.Height > word.Box.Width * 1.2;

    private static ReadingDirection Of(double x, double y) => Math.Abs(x) >= Math.Abs(y)
        ? x >= 0 ? ReadingDirection.Right : ReadingDirection.Left
        : y >= 0 ? ReadingDirection.Down : ReadingDirection.Up;

    private static (double X, double Y) Middle(Box box) => (box.Left + (box.Width / 2), box.Top + (box.Height / 2));
}
