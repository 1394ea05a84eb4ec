using System.Globalization;
using System.Text;
using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.EndToEnd.Tests.Pages;

/// <summary>A PDF whose words stand where the test knows: labelled values in Courier, elsewhere on each page.</summary>
internal static class PlantedPdf
{
    private const double Width = 595;
    private const double Height = 842;

    // Of the type size: the width of each character, and what is above and below the base line.
    private const double Advance = 0.6;
    private const double Above = 0.629;
    private const double Below = 0.157;

    /// <summary>Writes it, one page after the other.</summary>
    public static void Write(string path, IReadOnlyList<PlantedPage> pages)
    {
        var file = new StringBuilder("%PDF-1.4\n");
        var offsets = new List<int>();
        void Object(string content)
        {
            offsets.Add(file.Length);
            file.Append(CultureInfo.InvariantCulture, $"{offsets.Count} 0 obj\n{content}\nendobj\n");
        }

        Object("<< /Type /Catalog /Pages 2 0 R >>");
        Object($"<< /Type /Pages /Count {pages.Count} /Kids [{string.Join(' ', pages.Select((_, index) => $"{4 + (2 * index)} 0 R"))}] >>");
        Object("<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>");
        foreach (var (index, page) in pages.Index())
        {
            Object(string.Create(CultureInfo.InvariantCulture,
                $"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {Width} {Height}] /Contents {5 + (2 * index)} 0 R "
                    + $"/Resources << /Font << /F 3 0 R >> >> >>"));
            var drawn = string.Concat(page.Lines.Select(line => string.Create(CultureInfo.InvariantCulture,
                $"BT /F {line.Size} Tf {line.X} {line.Y} Td ({line.Text}) Tj ET\n")));
            Object($"<< /Length {drawn.Length} >>\nstream\n{drawn}endstream");
        }

        var table = file.Length;
        file.Append(CultureInfo.InvariantCulture, $"xref\n0 {offsets.Count + 1}\n0000000000 65535 f \n");
        foreach (var offset in offsets) file.Append(CultureInfo.InvariantCulture, $"{offset:D10} 00000 n \n");
        file.Append(CultureInfo.InvariantCulture, $"trailer << /Size {offsets.Count + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
        File.WriteAllText(path, file.ToString(), Encoding.ASCII);
    }

    /// <summary>Where the value of a line stands, as shares of the page.</summary>
    public static Box BoxOf(PlantedLine line)
    {
        var left = line.X + ((line.Label.Length + 2) * Advance * line.Size);
        return new(
            left / Width,
            (Height - line.Y - (Above * line.Size)) / Height,
            line.Value.Length * Advance * line.Size / Width,
            (Above + Below) * line.Size / Height);
    }
}

/// <summary>A page.</summary>
internal sealed record PlantedPage(IReadOnlyList<PlantedLine> Lines);

/// <summary>A label and its value, in points from the lower left corner to the start of the base line.</summary>
internal sealed record PlantedLine(string Label, string Value, double X, double Y, double Size)
{
    public string Text => $"{Label}: {Value}";
}
