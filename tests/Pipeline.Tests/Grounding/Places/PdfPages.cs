using System.Globalization;
using System.Text;

namespace Qwen35Batch.Pipeline.Tests.Grounding.Places;

/// <summary>Writes canvases as the pages of a PDF.</summary>
internal static class PdfPages
{
    private static readonly string[] Fonts =
    [
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /StandardEncoding >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiMin-W3 /Encoding /UniJIS-UCS2-H /DescendantFonts [7 0 R] >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiMin-W3 /Encoding /UniJIS-UCS2-V /DescendantFonts [7 0 R] >>",
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HeiseiMin-W3 "
            + "/CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> /DW 1000 /W [1 94 500] /FontDescriptor 8 0 R >>",
        "<< /Type /FontDescriptor /FontName /HeiseiMin-W3 /Flags 4 /FontBBox [0 -120 1000 880] /Ascent 880 /Descent -120 /CapHeight 700 "
            + "/StemV 80 /ItalicAngle 0 >>",
    ];

    public static byte[] Write(IReadOnlyList<PdfCanvas> pages)
    {
        var resources = string.Join(' ', Enum.GetNames<PdfFont>().Select((name, index) => $"/{name} {3 + index} 0 R"));
        var first = 3 + Fonts.Length;
        var objects = new List<string>
        {
            "<< /Type /Catalog /Pages 2 0 R >>",
            $"<< /Type /Pages /Count {pages.Count} /Kids [{string.Join(' ', pages.Select((_, index) => $"{first + (2 * index)} 0 R"))}] >>",
        };
        objects.AddRange(Fonts);
        foreach (var page in pages)
        {
            objects.Add(
                $"<< /Type /Page /Parent 2 0 R /MediaBox [{Numbers(page.Media)}] /CropBox [{Numbers(page.Crop)}] /Rotate {page.Rotation} "
                    + $"{(page.UserUnit > 1 ? $"/UserUnit {page.UserUnit} " : "")}"
                    + $"/Resources << /Font << {resources} >> >> /Contents {objects.Count + 2} 0 R >>");
            objects.Add($"<< /Length {page.Content.Length} >>\nstream\n{page.Content}\nendstream");
        }

        var file = new StringBuilder("%PDF-1.4\n");
        var table = new StringBuilder(Invariant($"xref\n0 {objects.Count + 1}\n0000000000 65535 f \n"));
        for (var number = 0; number < objects.Count; number++)
        {
            table.Append(Invariant($"{file.Length:D10} 00000 n \n"));
            file.Append(Invariant($"{number + 1} 0 obj\n{objects[number]}\nendobj\n"));
        }

        var start = file.Length;
        file.Append(table).Append(Invariant($"trailer\n<< /Size {objects.Count + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"));
        return Encoding.Latin1.GetBytes(file.ToString());
    }

    private static string Numbers(double[] numbers) =>
        string.Join(' ', numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
