using System.Globalization;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Agents.Reports.Pdf;

/// <summary>The texts of a report as they are printed, known before its fonts are cut down.</summary>
internal sealed class ReportTexts
{
    private readonly List<string> _text = [];
    private readonly List<string> _headings = [];

    public ReportTexts(Report report)
    {
        Words = ReportWords.Of(report.Language);
        Title = Heading(report.Title) is { Length: > 0 } title ? title : Words.Untitled;
        Sections =
        [
            .. report.Sections.Select(section => (
                Heading(section.Heading),
                (IReadOnlyList<(string, IReadOnlyList<int>)>)[.. section.Paragraphs.Select(paragraph =>
                    (Body(paragraph.Text, ReportLimits.Paragraph), report.SourceNumbers(paragraph)))]))
        ];
        Captions = [.. report.Pictures.Select(picture => Body(picture.Caption, ReportLimits.Caption))];
        Sources = [.. report.Sources.Select(source => Source(report, source))];
        Dropped = report.DroppedParagraphs > 0 ? Body(Words.Dropped(report.DroppedParagraphs), ReportLimits.Caption) : null;
        Withheld = report.Withheld > 0 ? Body(Words.Withheld(report.Withheld), ReportLimits.Caption) : null;
        _headings.AddRange([Words.Sources, Words.Pictures, Words.Untitled, "0123456789[]/ "]);
        _text.AddRange([Words.Missing, Words.Unprintable(1), Words.Unprintable(2), "0123456789"]);
    }

    public ReportWords Words { get; }

    public string Title { get; }

    public IReadOnlyList<(string Heading, IReadOnlyList<(string Text, IReadOnlyList<int> Sources)> Paragraphs)> Sections { get; }

    public IReadOnlyList<string> Captions { get; }

    public IReadOnlyList<(string Title, string Address, string Facts, IReadOnlyList<string> Quotes)> Sources { get; }

    public string? Dropped { get; }

    public string? Withheld { get; }

    /// <summary>All that is set in the font of text.</summary>
    public IEnumerable<string> Text => _text;

    /// <summary>All that is set in the font of headings.</summary>
    public IEnumerable<string> Headings => _headings;

    public static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private (string, string, string, IReadOnlyList<string>) Source(Report report, ReadSource source) => (
        Heading(source.Title is { Length: > 0 } title ? title : source.Address.Host),
        Body(source.Address.OriginalString, ReportLimits.Address),
        Body($"{Words.Fetched} {ReportWords.Time(source.FetchedAt)} · SHA-256 {source.Sha256}", ReportLimits.Address),
        [.. report.CitedNotes(source).Select(note => Body(note.Quote, ReportLimits.Quote)).Where(quote => quote.Length > 0)]);

    private string Heading(string? text) => Added(_headings, PlainText.Line(text, ReportLimits.Heading));

    private string Body(string? text, int longest) => Added(_text, PlainText.Line(text, longest));

    private static string Added(List<string> texts, string text)
    {
        texts.Add(text);
        return text;
    }
}
