using System.Buffers.Text;
using System.Net;
using System.Text;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>
/// The words of a page with their places, as <c>pdftotext -bbox-layout -cropbox</c> writes them: in points from the upper left corner of
/// what is shown, turned as it is shown. What it writes comes from the document: every number and every length is checked.
/// </summary>
internal static class PdfWords
{
    private const int MaxWords = 20_000;
    private const int MaxWordCharacters = 1_000;

    // Some words reach a little over the edge of the page; what is mostly outside is not shown.
    private const double LeastShown = 0.5;

    /// <summary>Reads them.</summary>
    /// <param name="answer">What the tool wrote, UTF-8.</param>
    /// <param name="isTurned">
    /// Whether the page is shown turned by a quarter: the tool names the size of the page as it is not turned.
    /// </param>
    /// <param name="isCut">Whether the tool wrote more than was kept.</param>
    /// <returns>Null when there are none, or when their characters mean nothing outside of the page's own fonts.</returns>
    public static PageWords? Parse(ReadOnlySpan<byte> answer, bool isTurned, bool isCut)
    {
        if (!Skip(ref answer, "<page width=\""u8) || Size(ref answer, "\" height=\""u8) is not { } width
            || Size(ref answer, "\">"u8) is not { } height)
        {
            return null;
        }

        if (isTurned)
            (width, height) = (height, width);
        var words = new List<PageWord>();
        for (var line = 0; Skip(ref answer, "<"u8);)
        {
            if (answer.StartsWith("line "u8))
            {
                line++;
                continue;
            }

            if (!Take(ref answer, "word xMin=\""u8) || Number(ref answer, "\" yMin=\""u8) is not { } left
                || Number(ref answer, "\" xMax=\""u8) is not { } top || Number(ref answer, "\" yMax=\""u8) is not { } right
                || Number(ref answer, "\">"u8) is not { } bottom)
            {
                continue;
            }

            var end = answer.IndexOf((byte)'<');
            if (end < 0 || !answer[end..].StartsWith("</word>"u8))
                continue;
            if (words.Count == MaxWords)
                return Readable(words, isWhole: false);
            var text = Text(answer[..end]);
            answer = answer[end..];
            if (text.Length is > 0 and <= MaxWordCharacters && Place(left, top, right, bottom, width, height) is { } box)
                words.Add(new(text, box, line));
        }

        return Readable(words, !isCut);
    }

    private static PageWords? Readable(List<PageWord> words, bool isWhole) =>
        words.Count == 0 || !PdfText.HasMeaning(words.SelectMany(word => word.Text))
            ? null
            : new(words, CitationMethod.TextLayer, isWhole);

    private static string Text(ReadOnlySpan<byte> text)
    {
        var written = Encoding.UTF8.GetString(text);
        return (written.Contains('&', StringComparison.Ordinal) ? WebUtility.HtmlDecode(written) : written).Trim();
    }

    private static Box? Place(double left, double top, double right, double bottom, double width, double height)
    {
        if (right <= left || bottom <= top) return null;
        var (x, y) = (Math.Clamp(left / width, 0, 1), Math.Clamp(top / height, 0, 1));
        var box = new Box(x, y, Math.Clamp(right / width, 0, 1) - x, Math.Clamp(bottom / height, 0, 1) - y);
        var shown = box.Width * width * box.Height * height / ((right - left) * (bottom - top));
        return shown >= LeastShown ? box : null;
    }

    private static double? Size(ref ReadOnlySpan<byte> answer, ReadOnlySpan<byte> behind) =>
        Number(ref answer, behind) is > 0 and var size ? size : null;

    /// <summary>A number and what stands behind it, both of which are taken; null when they are not there.</summary>
    private static double? Number(ref ReadOnlySpan<byte> answer, ReadOnlySpan<byte> behind)
    {
        if (!Utf8Parser.TryParse(answer, out double number, out var length) || !double.IsFinite(number)) return null;
        answer = answer[length..];
        return Take(ref answer, behind) ? number : null;
    }

    private static bool Take(ref ReadOnlySpan<byte> answer, ReadOnlySpan<byte> text)
    {
        if (!answer.StartsWith(text)) return false;
        answer = answer[text.Length..];
        return true;
    }

    /// <summary>Takes everything to the end of a text.</summary>
    private static bool Skip(ref ReadOnlySpan<byte> answer, ReadOnlySpan<byte> text)
    {
        var at = answer.IndexOf(text);
        if (at < 0) return false;
        answer = answer[(at + text.Length)..];
        return true;
    }
}
