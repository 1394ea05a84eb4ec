using System.Globalization;
using System.Text;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Agents.Reports;

/// <summary>A report as Markdown, with every foreign text escaped: nothing of it is a link, a picture, a tag or a heading.</summary>
public static class ReportMarkdown
{
    private const string Escaped = "\\`*_{}[]()<>#|~!&$@^=\"'";

    /// <summary>The Markdown, with line feeds, the same for the same report.</summary>
    public static string Write(Report report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var words = ReportWords.Of(report.Language);
        var text = new StringBuilder();
        text.Append("# ").Append(Title(report, words)).Append('\n');
        foreach (var section in report.Sections)
        {
            text.Append("\n## ").Append(Escape(section.Heading, ReportLimits.Heading)).Append('\n');
            foreach (var paragraph in section.Paragraphs)
            {
                text.Append('\n').Append(Escape(paragraph.Text, ReportLimits.Paragraph));
                foreach (var number in report.SourceNumbers(paragraph))
                    text.Append(CultureInfo.InvariantCulture, $" [\\[{number}\\]](#source-{number})");
                text.Append('\n');
            }
        }

        WritePictures(report, words, text);
        WriteSources(report, words, text);
        if (report.DroppedParagraphs > 0) text.Append('\n').Append(words.Dropped(report.DroppedParagraphs)).Append('\n');
        if (report.Withheld > 0) text.Append('\n').Append(words.Withheld(report.Withheld)).Append('\n');
        return text.ToString();
    }

    private static string Title(Report report, ReportWords words) =>
        Escape(report.Title, ReportLimits.Heading) is { Length: > 0 } title ? title : words.Untitled;

    private static void WritePictures(Report report, ReportWords words, StringBuilder text)
    {
        if (report.Pictures.Count == 0) return;
        text.Append("\n## ").Append(words.Pictures).Append('\n');
        foreach (var picture in report.Pictures) text.Append("\n- ").Append(Escape(picture.Caption, ReportLimits.Caption)).Append('\n');
    }

    private static void WriteSources(Report report, ReportWords words, StringBuilder text)
    {
        if (report.Sources.Count == 0) return;
        text.Append("\n## ").Append(words.Sources).Append('\n');
        for (var number = 1; number <= report.Sources.Count; number++)
        {
            var source = report.Sources[number - 1];
            text.Append(CultureInfo.InvariantCulture, $"\n<a id=\"source-{number}\"></a>\\[{number}\\] ")
                .Append(Escape(source.Title ?? "", ReportLimits.Heading))
                .Append(' ')
                .Append(Address(source.Address))
                .Append(CultureInfo.InvariantCulture, $" ({words.Fetched} {ReportWords.Time(source.FetchedAt)}, ")
                .Append(CultureInfo.InvariantCulture, $"sha256 `{source.Sha256}`)\n");
            foreach (var note in report.CitedNotes(source)) text.Append("\n> ").Append(Escape(note.Quote, ReportLimits.Quote)).Append('\n');
        }
    }

    // AbsoluteUri has neither blanks nor angle brackets.
    private static string Address(Uri address) => address.IsAbsoluteUri
        && address.Scheme is "http" or "https"
        && address.AbsoluteUri.Length <= ReportLimits.Address
            ? $"<{address.AbsoluteUri.Replace("<", "%3C", StringComparison.Ordinal).Replace(">", "%3E", StringComparison.Ordinal)}>"
            : Escape(address.OriginalString, ReportLimits.Address);

    private static string Escape(string? text, int longest)
    {
        var plain = PlainText.Line(text, longest);
        var escaped = new StringBuilder(plain.Length + 16);
        for (var at = 0; at < plain.Length; at++)
        {
            var isMark = Escaped.Contains(plain[at], StringComparison.Ordinal) || IsBlockMark(plain, at) || IsAddressMark(plain, at);
            if (isMark) escaped.Append('\\');
            escaped.Append(plain[at]);
        }

        return escaped.ToString();
    }

    // At the start of a line: bullets, rules, numbers of a list.
    private static bool IsBlockMark(string text, int at) => text[at] is '-' or '+'
        ? at == 0
        : text[at] == '.' && at > 0 && text.AsSpan(0, at).IndexOfAnyExceptInRange('0', '9') < 0;

    // What some readers make a link of, without being asked.
    private static bool IsAddressMark(string text, int at) => text[at] switch
    {
        ':' => at + 1 < text.Length && text[at + 1] == '/',
        '.' => at >= 3 && text.AsSpan(at - 3, 3).Equals("www", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };
}
