using SkiaSharp;

namespace Qwen35Batch.Pipeline.Agents.Reports.Pdf;

/// <summary>Fills A4 pages from top to bottom; they are drawn when their number is known.</summary>
internal sealed class PageComposer
{
    public const float Width = 595;
    public const float Height = 842;
    public const float Left = 64;
    public const float Inner = Width - (2 * Left);
    public const float FooterBaseline = Height - 36;

    private const float Top = 66;
    private const float Bottom = Height - 70;

    private readonly List<List<Action<SKCanvas>>> _pages = [[]];

    private float _y = Top;

    public int PageCount => _pages.Count;

    /// <summary>The room between here and the page's end, in points.</summary>
    public float Room => Bottom - _y;

    /// <summary>Space, unless at the top of a page.</summary>
    public void Skip(float points)
    {
        if (_y > Top) _y += points;
    }

    /// <summary>Begins a page, unless so much room is left.</summary>
    public void Keep(float points)
    {
        if (Room >= points || _y <= Top) return;
        _pages.Add([]);
        _y = Top;
    }

    /// <summary>Draws something of a height here; it is given the upper edge.</summary>
    public void Draw(float height, Action<SKCanvas, float> draw)
    {
        Keep(height);
        var y = _y;
        _pages[^1].Add(canvas => draw(canvas, y));
        _y += height;
    }

    /// <summary>Lines below each other; the first two and the last two stay together.</summary>
    public void Lines(IReadOnlyList<TextLine> lines, float leading, float left, Action<SKCanvas, float>? beside = null)
    {
        for (var index = 0; index < lines.Count; index++)
        {
            var line = lines[index];
            if (index == 0 || index == lines.Count - 2) Keep(Math.Min(2, lines.Count - index) * leading);
            Draw(leading, (canvas, y) =>
            {
                beside?.Invoke(canvas, y);
                DrawLine(canvas, line, left, y, leading);
            });
        }
    }

    /// <summary>Draws all pages.</summary>
    public void Write(SKDocument document, Action<SKCanvas, int> footer)
    {
        for (var page = 0; page < _pages.Count; page++)
        {
            var canvas = document.BeginPage(Width, Height);
            foreach (var draw in _pages[page]) draw(canvas);
            footer(canvas, page + 1);
            document.EndPage();
        }
    }

    /// <summary>Draws a line whose box begins at an upper edge.</summary>
    public static void DrawLine(SKCanvas canvas, TextLine line, float left, float top, float leading)
    {
        for (var index = 0; index < line.Runs.Count;)
        {
            var (_, first) = line.Runs[index];
            var end = index + 1;
            while (end < line.Runs.Count
                && line.Runs[end].Run.Font == first.Font
                && line.Runs[end].Run.Style == first.Style
                && line.Runs[end].Run.Destination == first.Destination)
            {
                end++;
            }

            DrawRuns(canvas, line.Runs.Skip(index).Take(end - index).ToList(), left, top, leading);
            index = end;
        }
    }

    private static void DrawRuns(SKCanvas canvas, List<(float X, GlyphRun Run)> runs, float left, float top, float leading)
    {
        var run = runs[0].Run;
        using var font = new SKFont(run.Font.Typeface, run.Style.Size)
        {
            Hinting = SKFontHinting.None,
            Subpixel = true,
            LinearMetrics = true,
        };
        using var paint = new SKPaint { Color = run.Style.Color, IsAntialias = true };
        using var builder = new SKTextBlobBuilder();
        var glyphs = runs.SelectMany(each => each.Run.Glyphs).ToArray();
        var places = runs.SelectMany(each => each.Run.Places.Select(place => each.X + place)).ToArray();
        builder.AddHorizontalRun(glyphs, font, places, 0);
        using var blob = builder.Build();
        var baseline = top + (leading / 2) + (run.Style.Size * 0.36f);
        if (blob is not null) canvas.DrawText(blob, left, baseline, paint);
        if (run.Destination is null) return;
        var (x, last) = runs[^1];
        using var _ = canvas.DrawLinkDestinationAnnotation(
            new(left + runs[0].X, baseline - run.Style.Size, left + x + last.Width, baseline + (run.Style.Size * 0.3f)), run.Destination);
    }
}
