using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Pictures;

/// <summary>
/// Whether a picture is a page: a scan or a photograph of a sheet with printed or written lines. It is when it stands upright as paper
/// does, most of it is the colour of paper, and many small dark marks, such as letters, stand in several lines. In doubt it is none.
/// </summary>
internal static class PageLook
{
    /// <summary>So many pixels of a picture are enough for letters to be told apart.</summary>
    public const int Pixels = 640 * 900;

    private const double LeastUpright = 1.2;
    private const double LeastPaper = 0.6;
    private const double MostInk = 0.3;
    private const double MostBetween = 0.2;
    private const int LeastMarks = 80;
    private const int LeastLines = 4;

    /// <summary>Whether a picture of this size can be a page: it need not be decoded else.</summary>
    public static bool MayBe(int width, int height) => height >= LeastUpright * width;

    public static bool IsPage(Picture picture)
    {
        if (!MayBe(picture.Width, picture.Height)) return false;
        var pixels = picture.Pixmap.Span[^(picture.Width * picture.Height * 3)..];
        var light = new byte[picture.Width * picture.Height];
        var histogram = new int[256];
        for (var at = 0; at < light.Length; at++)
        {
            light[at] = (byte)((pixels[at * 3] + (2 * pixels[(at * 3) + 1]) + pixels[(at * 3) + 2]) / 4);
            histogram[light[at]]++;
        }

        // Paper is the lightest of what covers much of the sheet; on a photograph it is not white.
        var paper = Lightest(histogram, light.Length / 4);
        if (paper < 100) return false;
        var (isPaper, isInk) = (paper * 0.8, paper * 0.6);
        var covered = light.Count(value => value >= isPaper);
        var ink = light.Count(value => value < isInk);
        return covered >= LeastPaper * light.Length
            && ink <= MostInk * light.Length
            // Things have all shades; letters have the edges of their strokes between ink and paper.
            && light.Length - covered - ink <= MostBetween * light.Length
            && HasLines(light, picture.Width, picture.Height, isInk, isPaper);
    }

    private static int Lightest(int[] histogram, int count)
    {
        for (var (value, seen) = (255, 0); value > 0; value--)
            if ((seen += histogram[value]) >= count) return value;
        return 0;
    }

    private static bool HasLines(byte[] light, int width, int height, double ink, double paper)
    {
        var lines = new Dictionary<int, int>();
        var marks = 0;
        var line = Math.Max(1, height / 60);
        var seen = new bool[light.Length];
        var open = new Stack<int>();
        for (var start = 0; start < light.Length; start++)
        {
            if (seen[start] || light[start] >= ink) continue;
            var (left, right, top, bottom) = (width, 0, height, 0);
            Add(start);
            while (open.TryPop(out var at))
            {
                var (x, y) = (at % width, at / width);
                (left, right, top, bottom) = (Math.Min(left, x), Math.Max(right, x), Math.Min(top, y), Math.Max(bottom, y));
                if (x > 0) Add(at - 1);
                if (x < width - 1) Add(at + 1);
                if (y > 0) Add(at - width);
                if (y < height - 1) Add(at + width);
            }

            var (wide, high) = (right - left + 1, bottom - top + 1);
            // A letter, or some that touch: neither noise nor a rule, a frame or a thing.
            if (high < 3 || high > height / 20 || wide > width / 6) continue;
            // And on paper: leaves of a tree have others above and below.
            if (!IsPaper((left + right) / 2, top - 2) || !IsPaper((left + right) / 2, bottom + 2)) continue;
            marks++;
            lines[bottom / line] = lines.GetValueOrDefault(bottom / line) + 1;
        }

        return marks >= LeastMarks && lines.Count(entry => entry.Value >= 5) >= LeastLines;

        bool IsPaper(int x, int y) => y >= 0 && y < height && light[(y * width) + x] >= paper;

        void Add(int at)
        {
            if (seen[at] || light[at] >= ink) return;
            seen[at] = true;
            open.Push(at);
        }
    }
}
