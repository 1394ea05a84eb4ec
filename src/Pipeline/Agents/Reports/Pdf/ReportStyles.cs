using SkiaSharp;

namespace Qwen35Batch.Pipeline.Agents.Reports.Pdf;

/// <summary>The styles of a report; East Asian text needs more room between its lines.</summary>
internal sealed class ReportStyles
{
    public static readonly SKColor Ink = new(0x1B, 0x1F, 0x24);
    public static readonly SKColor Accent = new(0x1F, 0x4E, 0x79);
    public static readonly SKColor Faint = new(0x5B, 0x65, 0x70);
    public static readonly SKColor Rule = new(0xC9, 0xD3, 0xDC);
    public static readonly SKColor Mark = new(0xC6, 0x28, 0x28);

    public ReportStyles(bool eastAsian)
    {
        var leading = eastAsian ? 1.72f : 1.5f;
        Title = new(21, 30, true, Accent);
        Heading = new(13.5f, 20, true, Accent);
        Text = new(10.5f, 10.5f * leading, false, Ink);
        Number = new(8, Text.Leading, true, Accent);
        Caption = new(9, 14, false, Faint);
        Source = new(9.5f, 14.5f, true, Ink);
        Address = new(8, 12, false, Accent);
        Small = new(7.5f, 11.5f, false, Faint);
        Quote = new(8.5f, 13, false, Faint);
    }

    public TextStyle Title { get; }

    public TextStyle Heading { get; }

    public TextStyle Text { get; }

    public TextStyle Number { get; }

    public TextStyle Caption { get; }

    public TextStyle Source { get; }

    public TextStyle Address { get; }

    public TextStyle Small { get; }

    public TextStyle Quote { get; }
}
