using Qwen35Batch.Pipeline.Agents.Reports.Fonts;
using SkiaSharp;

namespace Qwen35Batch.Pipeline.Agents.Reports.Pdf;

/// <summary>
/// A report as a PDF: its text can be copied out as it was written, its fonts are embedded, and the same report is the same bytes.
/// </summary>
public static class ReportPdf
{
    /// <summary>Writes the PDF.</summary>
    /// <param name="report">The report.</param>
    /// <param name="output">Where to; it stays open.</param>
    /// <param name="fonts">TrueType files that come before those that are found on this machine.</param>
    /// <exception cref="ReportException">There is no font for its texts.</exception>
    public static void Write(Report report, Stream output, IReadOnlyList<string>? fonts = null) =>
        Write(report, output, fonts ?? [], FontFinder.Folders);

    internal static void Write(Report report, Stream output, IReadOnlyList<string> fonts, IReadOnlyList<string> folders)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(output);
        var texts = new ReportTexts(report);
        using var found = ReportFonts.Create(report.Language, texts.Text, texts.Headings, fonts, folders);
        using var written = new MemoryStream();
        var newest = report.Sources.Count == 0 ? default(DateTimeOffset?) : report.Sources.Max(source => source.FetchedAt);
        var metadata = new SKDocumentPdfMetadata
        {
            Title = texts.Title,
            Creator = "Qwen35Batch",
            Producer = "Qwen35Batch",
            Creation = newest?.UtcDateTime,
            Modified = newest?.UtcDateTime,
            RasterDpi = 150,
            EncodingQuality = 90,
        };
        using (var document = SKDocument.CreatePdf(written, metadata))
        {
            var layout = new ReportLayout(report, texts, found);
            layout.Write(document);
            document.Close();
        }

        PdfCatalog.WriteWithLanguage(written.ToArray(), report.Language, output);
    }
}
