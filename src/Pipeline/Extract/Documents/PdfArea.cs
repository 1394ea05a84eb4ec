using System.Globalization;
using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>
/// The part of a page that is shown: what lies outside of its crop box, printers' marks and old versions, is not on the page.
/// </summary>
internal static partial class PdfArea
{
    /// <summary>The arguments that keep pdftotext within the crop box; none when that is the whole page.</summary>
    /// <param name="answer">What <c>pdfinfo -box</c> said of the page.</param>
    public static IReadOnlyList<string> OfText(string answer)
    {
        if (Box(answer, "MediaBox") is not { } media || Box(answer, "CropBox") is not { } crop || crop == media)
            return [];
        var rotation = Rotation().Match(answer) is { Success: true } found ? found.Groups[1].Value : "0";
        // The tool counts from the upper left corner of the media box, as the page is turned.
        var (x, y) = rotation switch
        {
            "90" => (crop.Bottom - media.Bottom, crop.Left - media.Left),
            "180" => (media.Right - crop.Right, crop.Bottom - media.Bottom),
            "270" => (media.Top - crop.Top, media.Right - crop.Right),
            _ => (crop.Left - media.Left, media.Top - crop.Top),
        };
        var (width, height) = (crop.Right - crop.Left, crop.Top - crop.Bottom);
        if (rotation is "90" or "270")
            (width, height) = (height, width);
        return [
            "-x", Whole(Math.Floor(x)), "-y", Whole(Math.Floor(y)), "-W", Whole(Math.Ceiling(width)), "-H", Whole(Math.Ceiling(height))
        ];
    }

    private static (double Left, double Bottom, double Right, double Top)? Box(string answer, string name)
    {
        var numbers = Boxes().Matches(answer).FirstOrDefault(match => match.Groups[1].Value == name)?.Groups;
        return numbers is null
            ? null
            : (Number(numbers[2].Value), Number(numbers[3].Value), Number(numbers[4].Value), Number(numbers[5].Value));
    }

    private static double Number(string text) => double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string Whole(double value) => Math.Max(0, value).ToString("F0", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^Page\s+\d+ (MediaBox|CropBox):\s+(-?[\d.]+)\s+(-?[\d.]+)\s+(-?[\d.]+)\s+(-?[\d.]+)", RegexOptions.Multiline)]
    private static partial Regex Boxes();

    [GeneratedRegex(@"^Page(?:\s+\d+)? rot:\s+(\d+)", RegexOptions.Multiline)]
    private static partial Regex Rotation();
}
