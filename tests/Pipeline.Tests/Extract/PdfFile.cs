using System.Globalization;
using System.Text;

namespace Qwen35Batch.Pipeline.Tests.Extract;

/// <summary>Writes PDF by hand.</summary>
internal static class PdfFile
{
    /// <summary>A document of pages with a line of text each.</summary>
    public static byte[] OfLines(params string[] lines) => OfLines("/MediaBox [0 0 300 200]", lines);

    /// <inheritdoc cref="OfLines(string[])"/>
    /// <param name="page">Entries of every page.</param>
    /// <param name="lines">The lines.</param>
    public static byte[] OfLines(string page, string[] lines) =>
        Of(
            page,
            [
                .. lines.Select(
                    line => ("", Encoding.Latin1.GetBytes($"0 0 1 rg 0 0 60 60 re f 0 g BT /F1 18 Tf 20 100 Td ({line}) Tj ET")))
            ]);

    /// <summary>A document of pages.</summary>
    /// <param name="page">Entries of every page.</param>
    /// <param name="contents">Of every page, entries of its content stream, and the stream; the second page's is also the picture
    /// Im0.</param>
    /// <param name="catalog">Entries of the catalog.</param>
    public static byte[] Of(string page, IReadOnlyList<(string Entries, byte[] Stream)> contents, string catalog = "")
    {
        var file = new MemoryStream();
        var offsets = new List<long>();
        void Text(string text) => file.Write(Encoding.Latin1.GetBytes(text));
        void Begin()
        {
            offsets.Add(file.Position);
            Text(string.Create(CultureInfo.InvariantCulture, $"{offsets.Count} 0 obj\n"));
        }

        Text("%PDF-1.4\n");
        Begin();
        Text($"<< /Type /Catalog /Pages 2 0 R {catalog} >>\nendobj\n");
        Begin();
        var kids = string.Concat(contents.Select((_, index) => $"{4 + (index * 2)} 0 R "));
        Text($"<< /Type /Pages /Count {contents.Count} /Kids [{kids}] >>\nendobj\n");
        Begin();
        Text("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n");
        foreach (var (entries, stream) in contents)
        {
            Begin();
            Text(
                $"<< /Type /Page /Parent 2 0 R {page} /Resources << /Font << /F1 3 0 R >>"
                    + $"{(contents.Count > 1 ? " /XObject << /Im0 7 0 R >>" : "")} >> /Contents {offsets.Count + 1} 0 R >>\nendobj\n");
            Begin();
            Text($"<< /Length {stream.Length} {entries} >>\nstream\n");
            file.Write(stream);
            Text("\nendstream\nendobj\n");
        }

        var table = file.Position;
        Text($"xref\n0 {offsets.Count + 1}\n0000000000 65535 f \n");
        foreach (var offset in offsets)
            Text(string.Create(CultureInfo.InvariantCulture, $"{offset:D10} 00000 n \n"));
        Text($"trailer\n<< /Size {offsets.Count + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
        return file.ToArray();
    }
}
