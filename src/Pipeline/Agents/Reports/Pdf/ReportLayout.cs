using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Agents.Reports.Fonts;
using SkiaSharp;

namespace Qwen35Batch.Pipeline.Agents.Reports.Pdf;

/// <summary>Lays a report out on pages.</summary>
internal sealed class ReportLayout
{
    private const float SourceIndent = 24;
    private const float TallestPicture = 330;

    private readonly Report _report;
    private readonly ReportTexts _texts;
    private readonly ReportStyles _styles;
    private readonly TextSetter _justified;
    private readonly TextSetter _ragged;
    private readonly PageComposer _pages = new();

    public ReportLayout(Report report, ReportTexts texts, ReportFonts fonts)
    {
        (_report, _texts) = (report, texts);
        _styles = new(texts.Words.IsJapanese);
        _justified = new(fonts, texts.Words.IsJapanese);
        _ragged = new(fonts, justified: false);
        AddTitle();
        foreach (var (heading, paragraphs) in texts.Sections) AddSection(heading, paragraphs);
        AddPictures();
        AddSources();
        AddRemarks(fonts);
    }

    public void Write(SKDocument document) => _pages.Write(document, (canvas, page) =>
    {
        var text = $"{ReportTexts.Number(page)} / {ReportTexts.Number(_pages.PageCount)}";
        var line = _ragged.Set([new(text, _styles.Number with { Color = ReportStyles.Faint })], PageComposer.Inner)[0];
        PageComposer.DrawLine(canvas, line, (PageComposer.Width - line.Width) / 2, PageComposer.FooterBaseline - 12, 12);
    });

    private void AddTitle()
    {
        _pages.Lines(_ragged.Set([new(_texts.Title, _styles.Title)], PageComposer.Inner), _styles.Title.Leading, PageComposer.Left);
        _pages.Draw(20, (canvas, y) => DrawRule(canvas, y + 5, 1.4f, ReportStyles.Accent));
    }

    private void AddSection(string heading, IReadOnlyList<(string Text, IReadOnlyList<int> Sources)> paragraphs)
    {
        AddHeading(heading, 3 * _styles.Text.Leading);
        foreach (var (text, sources) in paragraphs)
        {
            if (text.Length == 0) continue;
            var spans = new List<TextSpan> { new(text, _styles.Text) };
            spans.AddRange(sources.Select(
                number => new TextSpan($"[{ReportTexts.Number(number)}]", _styles.Number, Destination(number), Joined: true)));
            _pages.Lines(_justified.Set(spans, PageComposer.Inner), _styles.Text.Leading, PageComposer.Left);
            _pages.Skip(6);
        }
    }

    /// <summary>A heading, which does not stay behind without what comes first below it.</summary>
    private void AddHeading(string heading, float below)
    {
        _pages.Skip(12);
        if (heading.Length == 0) return;
        var lines = _ragged.Set([new(heading, _styles.Heading)], PageComposer.Inner);
        _pages.Keep((lines.Count * _styles.Heading.Leading) + 4 + below);
        _pages.Lines(lines, _styles.Heading.Leading, PageComposer.Left);
        _pages.Skip(4);
    }

    private void AddPictures()
    {
        if (_report.Pictures.Count == 0) return;
        for (var index = 0; index < _report.Pictures.Count; index++)
            AddPicture(_report.Pictures[index], _texts.Captions[index], index == 0 ? _texts.Words.Pictures : null);
    }

    private void AddPicture(ReportPicture picture, string caption, string? heading)
    {
        var lines = _ragged.Set([new(caption, _styles.Caption)], PageComposer.Inner);
        var image = File.Exists(picture.Path) ? SKImage.FromEncodedData(picture.Path) : null;
        var scale = image is null
            ? 0
            : Math.Min(Math.Min(PageComposer.Inner / image.Width, TallestPicture / image.Height), 1.5f);
        var needed = ((image?.Height ?? 0) * scale) + 8 + (Math.Min(lines.Count, 4) * _styles.Caption.Leading);
        if (heading is not null) AddHeading(heading, needed);
        if (image is null)
        {
            var missing = _ragged.Set([new(_texts.Words.Missing, _styles.Caption)], PageComposer.Inner);
            _pages.Lines(missing, _styles.Caption.Leading, PageComposer.Left);
        }
        else
        {
            var (width, height) = (image.Width * scale, image.Height * scale);
            _pages.Keep(needed);
            _pages.Draw(height + 8, (canvas, y) =>
            {
                var place = SKRect.Create(PageComposer.Left, y, width, height);
                using (image) canvas.DrawImage(image, place, new SKSamplingOptions(SKCubicResampler.Mitchell));
                using var edge = new SKPaint { Style = SKPaintStyle.Stroke, StrokeWidth = 0.5f, Color = ReportStyles.Rule };
                canvas.DrawRect(place, edge);
                foreach (var box in picture.Boxes) DrawBox(canvas, place, box);
            });
        }

        _pages.Lines(lines, _styles.Caption.Leading, PageComposer.Left);
        _pages.Skip(12);
    }

    private static void DrawBox(SKCanvas canvas, SKRect place, Box box)
    {
        float At(double share, float start, float length) => start + (float)(double.IsFinite(share) ? Math.Clamp(share, 0, 1) * length : 0);
        using var paint = new SKPaint { Style = SKPaintStyle.Stroke, StrokeWidth = 1.6f, Color = ReportStyles.Mark, IsAntialias = true };
        canvas.DrawRect(
            new(
                At(box.Left, place.Left, place.Width),
                At(box.Top, place.Top, place.Height),
                At(box.Left + box.Width, place.Left, place.Width),
                At(box.Top + box.Height, place.Top, place.Height)),
            paint);
    }

    private void AddSources()
    {
        if (_texts.Sources.Count == 0) return;
        AddHeading(_texts.Words.Sources, 60);
        for (var index = 0; index < _texts.Sources.Count; index++)
        {
            var (title, address, facts, quotes) = _texts.Sources[index];
            AddSource(index + 1, title, address, facts);
            foreach (var quote in quotes) AddQuote(quote);
            _pages.Skip(8);
        }
    }

    private void AddSource(int number, string title, string address, string facts)
    {
        const float left = PageComposer.Left + SourceIndent;
        const float width = PageComposer.Inner - SourceIndent;
        var label = _ragged.Set([new($"[{ReportTexts.Number(number)}]", _styles.Number)], SourceIndent)[0];
        var lines = _ragged.Set([new(title, _styles.Source)], width);
        _pages.Keep((Math.Min(lines.Count, 3) * _styles.Source.Leading) + _styles.Address.Leading + _styles.Small.Leading);
        _pages.Draw(0, (canvas, y) =>
        {
            PageComposer.DrawLine(canvas, label, PageComposer.Left, y, _styles.Source.Leading);
            using var _ = canvas.DrawNamedDestinationAnnotation(new SKPoint(PageComposer.Left, y), Destination(number));
        });
        _pages.Lines(lines, _styles.Source.Leading, left);
        _pages.Lines(_ragged.Set([new(address, _styles.Address)], width), _styles.Address.Leading, left);
        _pages.Lines(_ragged.Set([new(facts, _styles.Small)], width), _styles.Small.Leading, left);
    }

    private void AddQuote(string quote)
    {
        const float left = PageComposer.Left + SourceIndent + 10;
        _pages.Skip(3);
        _pages.Lines(
            _ragged.Set([new(quote, _styles.Quote)], PageComposer.Inner - SourceIndent - 10),
            _styles.Quote.Leading,
            left,
            (canvas, y) =>
            {
                using var paint = new SKPaint { Color = ReportStyles.Rule };
                canvas.DrawRect(left - 10, y, 2, _styles.Quote.Leading, paint);
            });
    }

    private void AddRemarks(ReportFonts fonts)
    {
        var remarks = new[]
        {
            _texts.Dropped, _texts.Withheld, fonts.Unprintable > 0 ? _texts.Words.Unprintable(fonts.Unprintable) : null,
        };
        if (remarks.All(remark => remark is null)) return;
        _pages.Keep(60);
        _pages.Draw(16, (canvas, y) => DrawRule(canvas, y + 8, 0.6f, ReportStyles.Rule));
        foreach (var remark in remarks.OfType<string>())
            _pages.Lines(_ragged.Set([new(remark, _styles.Caption)], PageComposer.Inner), _styles.Caption.Leading, PageComposer.Left);
    }

    private static void DrawRule(SKCanvas canvas, float y, float thickness, SKColor color)
    {
        using var paint = new SKPaint { Color = color };
        canvas.DrawRect(PageComposer.Left, y, PageComposer.Inner, thickness, paint);
    }

    private static string Destination(int source) => $"source-{ReportTexts.Number(source)}";
}
