using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>
/// The words of a page with their places, as <c>pdftotext -bbox-layout -cropbox</c> writes them: in points from the upper left corner of
/// what is shown, turned as it is shown. What it writes comes from the document: every number and every length is checked.
/// </summary>
internal static partial class PdfWords
{
    private const int MaxWords = 20_000;
    private const int MaxWordCharacters = 1_000;

    // Some words reach a little over the edge of the page; what is mostly outside is not shown.
    private const double LeastShown = 0.5;

    /// <summary>Reads them.</summary>
    /// <param name="answer">What the tool wrote.</param>
    /// <param name="isTurned">
    /// Whether the page is shown turned by a quarter: the tool names the size of the page as it is not turned.
    /// </param>
    /// <param name="isCut">Whether the tool wrote more than was kept.</param>
    /// <returns>Null when there are none, or when their characters mean nothing outside of the page's own fonts.</returns>
    public static PageWords? Parse(string answer, bool isTurned, bool isCut)
    {
        var page = Page().Match(answer);
        if (!page.Success || Size(page.Groups[1]) is not { } width || Size(page.Groups[2]) is not { } height)
            return null;
        if (isTurned)
            (width, height) = (height, width);
        var words = new List<PageWord>();
        var line = 0;
        foreach (Match found in LineOrWord().Matches(answer))
        {
            if (!found.Groups["text"].Success)
            {
                line++;
                continue;
            }

            if (words.Count == MaxWords)
                return Readable(words, isWhole: false);
            var text = WebUtility.HtmlDecode(found.Groups["text"].Value).Trim();
            if (text.Length is > 0 and <= MaxWordCharacters && Place(found, width, height) is { } box)
                words.Add(new(text, box, line));
        }

        return Readable(words, !isCut);
    }

    private static PageWords? Readable(List<PageWord> words, bool isWhole) =>
        words.Count == 0 || !PdfText.HasMeaning(words.SelectMany(word => word.Text))
            ? null
            : new(words, CitationMethod.TextLayer, isWhole);

    private static double? Size(Group group) => Number(group) is > 0 and var size ? size : null;

    private static Box? Place(Match word, double width, double height)
    {
        if (Number(word.Groups["left"]) is not { } left || Number(word.Groups["top"]) is not { } top
            || Number(word.Groups["right"]) is not { } right || Number(word.Groups["bottom"]) is not { } bottom
            || right <= left || bottom <= top)
        {
            return null;
        }

        var (x, y) = (Math.Clamp(left / width, 0, 1), Math.Clamp(top / height, 0, 1));
        var box = new Box(x, y, Math.Clamp(right / width, 0, 1) - x, Math.Clamp(bottom / height, 0, 1) - y);
        var shown = box.Width * width * box.Height * height / ((right - left) * (bottom - top));
        return shown >= LeastShown ? box : null;
    }

    private static double? Number(Group group) =>
        double.TryParse(group.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : null;

    [GeneratedRegex("""<page width="([\d.]{1,20})" height="([\d.]{1,20})">""")]
    private static partial Regex Page();

    [GeneratedRegex(
        """<line |<word xMin="(?<left>[^"<]{1,30})" yMin="(?<top>[^"<]{1,30})" xMax="(?<right>[^"<]{1,30})" """
            + """yMax="(?<bottom>[^"<]{1,30})">(?<text>[^<]*)</word>""",
        RegexOptions.ExplicitCapture)]
    private static partial Regex LineOrWord();
}
