using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Prepare;

namespace Qwen35Batch.Pipeline.Grounding;

/// <summary>The words of a page or picture: a place is a box on it as it is shown.</summary>
internal sealed class PageGround : Ground
{
    private const int Decimals = 5;
    private const double SameLine = 0.4;
    private const double RowPitch = 0.05;

    private readonly PageWords _words;
    private readonly Evidence _evidence;
    private readonly ReadingDirection _page;
    private readonly ReadingDirection?[] _lines;
    private readonly Dictionary<Occurrence, Box> _upright = new(ReferenceEqualityComparer.Instance);

    public PageGround(PageWords words, Evidence evidence)
    {
        (_words, _evidence) = (words, evidence);
        Words = [.. words.Words.Select(word => new SourceWord(word.Text, word.Line))];
        _lines = WordDirections.OfLines(words.Words);
        _page = WordDirections.OfPage(words.Words, _lines);
    }

    public override IReadOnlyList<SourceWord> Words { get; }

    public override bool IsWhole => _words.IsWhole;

    public override Citation Cite(IReadOnlyList<WordSlice> slices)
    {
        var boxes = Boxes(slices);
        return new()
        {
            Segment = _evidence.Segment.Number,
            Page = _evidence.Segment.Page,
            Box = Rounded(boxes.Aggregate(Hull)),
            Boxes = boxes.Count > 1 ? [.. boxes.Select(Rounded)] : null,
            Method = slices.Any(slice => _words.Words[slice.Word].IsRecognised) ? CitationMethod.Ocr : _words.Method,
            PictureSha256 = _evidence.Pictures is [var picture, ..] ? picture.Sha256 : null,
        };
    }

    public override double Nearness(Occurrence first, Occurrence second)
    {
        var (from, to) = (Upright(first), Upright(second));
        var shared = Math.Min(from.Top + from.Height, to.Top + to.Height) - Math.Max(from.Top, to.Top);
        if (shared >= SameLine * Math.Min(from.Height, to.Height))
        {
            var gap = to.Left - (from.Left + from.Width);
            return gap >= -0.01 ? 1 - (0.5 * Math.Min(1, Math.Max(0, gap) / 0.8)) : 0.25;
        }

        var below = to.Top - (from.Top + from.Height);
        if (below <= -from.Height)
            return 0.1 * Math.Exp((to.Top - from.Top) / (2 * RowPitch));
        var isUnder = Math.Min(from.Left + from.Width, to.Left + to.Width) - Math.Max(from.Left, to.Left) > 0;
        return isUnder
            ? 0.7 * Math.Exp(-Math.Max(0, below) / RowPitch)
            : 0.3 * Math.Exp(-Math.Max(0, below) / (2 * RowPitch));
    }

    // A page is read block by block, and across: a table's row goes through several blocks.
    protected override IEnumerable<IReadOnlyList<int>> Orders()
    {
        int[] byBlock = [.. Enumerable.Range(0, Words.Count)];
        yield return byBlock;
        var across = WordDirections.Across(_words.Words, _page);
        if (!across.SequenceEqual(byBlock))
            yield return across;
    }

    private List<Box> Boxes(IReadOnlyList<WordSlice> slices)
    {
        var boxes = new List<(int Line, Box Box)>();
        foreach (var slice in slices)
        {
            var word = _words.Words[slice.Word];
            var box = WordShape.Part(word, slice.Start, slice.End, _lines[word.Line] ?? WordShape.Guess(word, _page));
            if (boxes.Count > 0 && boxes[^1].Line == word.Line)
                boxes[^1] = (word.Line, Hull(boxes[^1].Box, box));
            else
                boxes.Add((word.Line, box));
        }

        return Joined([.. boxes.Select(line => line.Box)]);
    }

    // What is one line across, though of two blocks, is one place.
    private List<Box> Joined(List<Box> boxes)
    {
        var joined = new List<Box>();
        foreach (var box in boxes)
        {
            if (joined.Count > 0 && IsOneLine(WordDirections.Turn(joined[^1], _page), WordDirections.Turn(box, _page)))
                joined[^1] = Hull(joined[^1], box);
            else
                joined.Add(box);
        }

        return joined;
    }

    private static bool IsOneLine(Box first, Box second) =>
        Math.Min(first.Top + first.Height, second.Top + second.Height) - Math.Max(first.Top, second.Top)
            > 0.6 * Math.Max(first.Height, second.Height);

    private Box Upright(Occurrence place)
    {
        if (!_upright.TryGetValue(place, out var box))
            _upright[place] = box = WordDirections.Turn(Boxes(place.Slices).Aggregate(Hull), _page);
        return box;
    }

    private static Box Hull(Box first, Box second)
    {
        var (left, top) = (Math.Min(first.Left, second.Left), Math.Min(first.Top, second.Top));
        return new(
            left,
            top,
            Math.Max(first.Left + first.Width, second.Left + second.Width) - left,
            Math.Max(first.Top + first.Height, second.Top + second.Height) - top);
    }

    private static Box Rounded(Box box) => new(
        Math.Round(box.Left, Decimals),
        Math.Round(box.Top, Decimals),
        Math.Round(box.Width, Decimals),
        Math.Round(box.Height, Decimals));
}
