using System.Globalization;
using System.Text;
using CliWrap;
using Qwen35Batch.Pipeline.Tests.Extract;

namespace Qwen35Batch.Benchmarks.Extraction;

/// <summary>Makes the media that are taken apart.</summary>
internal static class ExtractionMedia
{
    private const int LinesOfPage = 48;
    private const int WordsOfLine = 11;

    private static readonly string[] Words =
    [
        "invoice", "total", "amount", "delivery", "the", "of", "and", "quarter", "annual", "report", "customer", "number", "2026",
        "1,234.50", "net", "gross", "payment", "due", "within", "days", "warehouse", "Osaka", "Hamburg", "shipment",
        "contract", "clause", "party",
    ];

    /// <summary>Writes a film in 720p with 30 frames a second that is noisy enough to keep a decoder busy.</summary>
    public static Task WriteClipAsync(string path, int seconds, CancellationToken cancellationToken) => Cli.Wrap("ffmpeg").WithArguments(
        [
            "-nostdin", "-y", "-loglevel", "error", "-f", "lavfi", "-i",
            string.Create(CultureInfo.InvariantCulture, $"testsrc2=s=1280x720:r=30:d={seconds},noise=alls=6:allf=t"),
            "-c:v", "libx264", "-preset", "ultrafast", "-crf", "26", "-g", "250", "-pix_fmt", "yuv420p", path,
        ]).ExecuteAsync(cancellationToken);

    /// <summary>Writes a document of pages that are full of text.</summary>
    public static Task WriteDocumentAsync(string path, int pages, CancellationToken cancellationToken)
    {
        var random = new Random(1);
        return File.WriteAllBytesAsync(
            path,
            PdfFile.Of("/MediaBox [0 0 595 842]", [.. Enumerable.Range(0, pages).Select(_ => ("", Page(random)))]),
            cancellationToken);
    }

    private static byte[] Page(Random random)
    {
        var page = new StringBuilder("BT /F1 10 Tf 14 TL 50 790 Td\n");
        for (var line = 0; line < LinesOfPage; line++)
            page.Append('(').AppendJoin(' ', random.GetItems(Words, WordsOfLine)).Append(") Tj T*\n");
        return Encoding.ASCII.GetBytes(page.Append("ET").ToString());
    }
}
