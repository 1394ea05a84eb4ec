using System.Globalization;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Grounding;

/// <summary>A part of a text or office document: a place is a range of characters of a line, or an address.</summary>
internal sealed class TextGround : LinearGround
{
    private readonly List<(int Start, int Line, int Column)> _places = [];
    private readonly string _text;
    private readonly TextOrigin? _origin;
    private readonly SegmentReference _segment;

    public TextGround(string text, TextOrigin? origin, SegmentReference segment)
    {
        (_text, _origin, _segment) = (text, origin, segment);
        var words = new List<SourceWord>();
        var (line, lineStart) = (0, 0);
        foreach (var (word, start) in Split(text))
        {
            for (int feed; (feed = text.IndexOf('\n', lineStart)) >= 0 && feed < start; lineStart = feed + 1)
                line++;
            words.Add(new(word, line));
            _places.Add((start, line, start - lineStart + (line == 0 ? origin?.Column ?? 0 : 0)));
        }

        Words = words;
    }

    public override IReadOnlyList<SourceWord> Words { get; }

    /// <summary>The words of a text with the places where they begin; what no blank separates is one word.</summary>
    public static IEnumerable<(string Text, int Start)> Split(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var end = at;
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
                end++;
            if (end > at)
                yield return (text[at..end], at);
            at = end + 1;
        }
    }

    public override Citation Cite(IReadOnlyList<WordSlice> slices)
    {
        var start = _places[slices[0].Word].Start + slices[0].Start;
        var address = _origin?.Addresses.LastOrDefault(candidate => candidate.Start <= start);
        return new()
        {
            Segment = _segment.Number,
            Page = _segment.Page,
            Method = address?.Row is null ? CitationMethod.Line : CitationMethod.Cell,
            Address = address is null ? null : Name(address, start),
            Lines = _origin?.Line is { } first ? Lines(slices, first) : null,
        };
    }

    private List<TextRange> Lines(IReadOnlyList<WordSlice> slices, int first)
    {
        var lines = new List<TextRange>();
        foreach (var slice in slices)
        {
            var (_, line, column) = _places[slice.Word];
            if (lines.Count > 0 && lines[^1].Line == first + line)
                lines[^1] = lines[^1] with { End = column + slice.End };
            else
                lines.Add(new(first + line, column + slice.Start, column + slice.End));
        }

        return lines;
    }

    private string Name(TextAddress address, int at)
    {
        if (address.Row is not { } row)
            return address.Name;
        // Cells stand between bars; a bar within a cell is escaped.
        var column = 0;
        for (var place = address.Start; place < at && _text[place] != '\n'; place++)
            column += _text[place] == '|' && (place == 0 || _text[place - 1] != '\\') ? 1 : 0;
        return address.Name.EndsWith(TextAddress.SheetEnd)
            ? $"{address.Name}{Letters(Math.Max(1, column))}{row.ToString(CultureInfo.InvariantCulture)}"
            : string.Create(CultureInfo.InvariantCulture, $"{address.Name}, row {row}, cell {Math.Max(1, column)}");
    }

    private static string Letters(int column)
    {
        var letters = "";
        for (; column > 0; column = (column - 1) / 26)
            letters = (char)('A' + ((column - 1) % 26)) + letters;
        return letters;
    }
}
