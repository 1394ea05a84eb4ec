using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Agents.Reports.Pdf;

/// <summary>
/// Says the language in a PDF's catalogue, which Skia's wrapper cannot: screen readers choose their voice by it. It is added as an
/// incremental update, which leaves all that Skia wrote as it is.
/// </summary>
internal static partial class PdfCatalog
{
    /// <summary>Writes the PDF with its language, if that is a plain tag.</summary>
    public static void WriteWithLanguage(byte[] pdf, string language, Stream output)
    {
        output.Write(pdf);
        var text = Encoding.Latin1.GetString(pdf);
        var start = StartOfTable().Matches(text).LastOrDefault();
        var trailer = text.LastIndexOf("trailer", StringComparison.Ordinal);
        if (start is null || trailer < 0 || !Tag().IsMatch(language)) return;
        var root = Root().Match(text, trailer);
        var entries = text[(text.IndexOf("<<", trailer, StringComparison.Ordinal) + 2)..text.LastIndexOf(">>", StringComparison.Ordinal)];
        var head = root.Success ? text.LastIndexOf($"\n{root.Groups[1].Value} 0 obj", StringComparison.Ordinal) : -1;
        var open = head < 0 ? -1 : text.IndexOf("<<", head, StringComparison.Ordinal);
        var end = open < 0 ? -1 : text.IndexOf("endobj", open, StringComparison.Ordinal);
        if (end < 0) return;

        var update = new StringBuilder("\n");
        var place = pdf.Length + update.Length;
        update.Append(CultureInfo.InvariantCulture, $"{root.Groups[1].Value} 0 obj\n<</Lang ({language})\n")
            .Append("/ViewerPreferences <</DisplayDocTitle true>>\n")
            .Append(text, open + 2, end - open - 2)
            .Append("endobj\n");
        var table = pdf.Length + update.Length;
        update.Append(CultureInfo.InvariantCulture, $"xref\n{root.Groups[1].Value} 1\n{place:D10} 00000 n \n")
            .Append(CultureInfo.InvariantCulture, $"trailer\n<<{entries}/Prev {start.Groups[1].Value}>>\nstartxref\n{table}\n%%EOF\n");
        output.Write(Encoding.Latin1.GetBytes(update.ToString()));
    }

    [GeneratedRegex(@"startxref\s+(\d+)")]
    private static partial Regex StartOfTable();

    [GeneratedRegex(@"/Root (\d+) 0 R")]
    private static partial Regex Root();

    [GeneratedRegex(@"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
    private static partial Regex Tag();
}
