using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Pictures;

/// <summary>
/// How much of what a page shows is its text layer. A scan with a stamp of a few words shows text that the layer does not have: what is not
/// found in the layer is then no invention.
/// </summary>
internal static class TextCover
{
    private const int MostSamples = 1 << 18;
    private const int Channels = 3;
    private const int Shades = 16;
    private const int Contrast = 64;

    // Letters reach a little beyond the box of their word.
    private const double Margin = 0.3;

    /// <summary>Whether most of what differs from the page's ground is outside of its words.</summary>
    /// <param name="picture">The page as it is shown.</param>
    /// <param name="words">Its text layer.</param>
    public static bool IsSmall(Picture picture, PageWords words)
    {
        var pixels = picture.Pixmap.Span[^(picture.Width * picture.Height * Channels)..];
        var step = Math.Max(1, (int)Math.Sqrt((double)picture.Width * picture.Height / MostSamples));
        var (columns, rows) = (((picture.Width - 1) / step) + 1, ((picture.Height - 1) / step) + 1);
        var shades = new byte[columns * rows];
        var counts = new int[Shades];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var at = ((row * step * picture.Width) + (column * step)) * Channels;
                var shade = (byte)((pixels[at] + (2 * pixels[at + 1]) + pixels[at + 2]) / 4);
                shades[(row * columns) + column] = shade;
                counts[shade * Shades / 256]++;
            }
        }

        var ground = ((Array.IndexOf(counts, counts.Max()) * 256) + 128) / Shades;
        var covered = new bool[shades.Length];
        foreach (var word in words.Words)
            Cover(covered, word.Box, columns, rows);
        var (inside, outside) = (0, 0);
        for (var at = 0; at < shades.Length; at++)
        {
            if (Math.Abs(shades[at] - ground) < Contrast) continue;
            if (covered[at]) inside++;
            else outside++;
        }

        return outside > inside;
    }

    private static void Cover(bool[] covered, Box box, int columns, int rows)
    {
        var margin = Margin * Math.Min(box.Width * columns, box.Height * rows);
        var (left, right) = (Place((box.Left * columns) - margin, columns), Place(((box.Left + box.Width) * columns) + margin, columns));
        var (top, bottom) = (Place((box.Top * rows) - margin, rows), Place(((box.Top + box.Height) * rows) + margin, rows));
        for (var row = top; row < bottom; row++)
            covered.AsSpan((row * columns) + left, right - left).Fill(true);
    }

    private static int Place(double value, int size) => Math.Clamp((int)Math.Round(value), 0, size);
}
