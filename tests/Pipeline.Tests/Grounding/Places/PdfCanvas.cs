using System.Globalization;
using System.Text;
using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.Pipeline.Tests.Grounding.Places;

/// <summary>
/// A page that is written to PDF by hand, and that knows where each text is shown: within the crop box, turned as a reader turns it, as
/// shares of what is shown.
/// </summary>
internal sealed class PdfCanvas
{
    private const double Ascent = 0.72;
    private const double Descent = 0.21;

    // Of Helvetica, from the blank to the tilde, in thousandths of its size.
    private static readonly int[] Widths =
    [
        278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556,
        278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,
        611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833,
        556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
    ];

    private readonly StringBuilder _content = new();
    private readonly double _left;
    private readonly double _bottom;
    private readonly double _width;
    private readonly double _height;
    private readonly bool _isUpright;

    /// <param name="media">The media box: left, bottom, right, top.</param>
    /// <param name="crop">The crop box.</param>
    /// <param name="rotation">0, 90, 180 or 270: how a reader turns the page, clockwise.</param>
    /// <param name="isUpright">Whether texts are drawn so that they are upright when the page is turned.</param>
    public PdfCanvas(double[] media, double[] crop, int rotation, bool isUpright)
    {
        (Media, Crop, Rotation, _isUpright) = (media, crop, rotation, isUpright);
        (_left, _bottom) = (crop[0], crop[1]);
        (_width, _height) = (crop[2] - crop[0], crop[3] - crop[1]);
        var isTurned = rotation is 90 or 270;
        (Width, Height) = isUpright && isTurned ? (_height, _width) : (_width, _height);
        var (a, b, c, d, e, f) = !isUpright ? (1.0, 0.0, 0.0, 1.0, 0.0, 0.0) : rotation switch
        {
            90 => (0, 1, -1, 0, _width, 0),
            180 => (-1, 0, 0, -1, _width, _height),
            270 => (0, -1, 1, 0, 0, _height),
            _ => (1, 0, 0, 1, 0, 0),
        };
        _content.Append(Invariant($"{a} {b} {c} {d} {e + _left} {f + _bottom} cm\n"));
    }

    public double[] Media { get; }

    public double[] Crop { get; }

    public int Rotation { get; }

    /// <summary>How many points a unit of the page is.</summary>
    public int UserUnit { get; init; } = 1;

    /// <summary>The width in which texts are placed, in points.</summary>
    public double Width { get; }

    public double Height { get; }

    public string Content => _content.ToString();

    /// <summary>Writes a text from left to right; returns where it is shown.</summary>
    public Box Text(PdfFont font, double size, double x, double y, string text)
    {
        _content.Append(Invariant($"BT /{font} {size} Tf {x} {y} Td {Encoded(font, text)} Tj ET\n"));
        return Shown(x, y - (Descent * size), x + WidthOf(font, size, text), y + (Ascent * size));
    }

    /// <summary>Writes a stamp from the bottom to the top, or from the top to the bottom; returns where it is shown.</summary>
    public Box Stamp(double size, double x, double y, string text, bool isDownward = false)
    {
        var (turn, length) = (isDownward ? -1 : 1, WidthOf(PdfFont.Latin, size, text));
        _content.Append(
            Invariant($"BT /{PdfFont.Latin} {size} Tf 0 {turn} {-turn} 0 {x} {y} Tm {Encoded(PdfFont.Latin, text)} Tj ET\n"));
        return isDownward
            ? Shown(x - (Descent * size), y - length, x + (Ascent * size), y)
            : Shown(x - (Ascent * size), y, x + (Descent * size), y + length);
    }

    /// <summary>Writes a text from top to bottom.</summary>
    public Box Column(double size, double x, double top, string text)
    {
        _content.Append(Invariant($"BT /{PdfFont.Vertical} {size} Tf {x} {top} Td {Encoded(PdfFont.Vertical, text)} Tj ET\n"));
        return Shown(x - (size / 2), top - (size * text.Length), x + (size / 2), top);
    }

    /// <summary>The width of a text, in points.</summary>
    public static double WidthOf(PdfFont font, double size, string text) => font switch
    {
        PdfFont.Latin => text.Sum(character => character < 127 ? Widths[character - ' '] : 556) * size / 1000,
        PdfFont.Ligatures => WidthOf(PdfFont.Latin, size, text.Replace("fi", "o", StringComparison.Ordinal)
            .Replace("fl", "o", StringComparison.Ordinal))
            - ((text.Length - text.Replace("fi", "o", StringComparison.Ordinal).Replace("fl", "o", StringComparison.Ordinal).Length)
                * 0.056 * size),
        _ => text.Sum(character => character < 127 ? 0.5 : 1) * size,
    };

    private static string Encoded(PdfFont font, string text) => font switch
    {
        PdfFont.Latin => $"({Escaped(text)})",
        PdfFont.Ligatures => $"({Escaped(text).Replace("fi", @"\256", StringComparison.Ordinal)
            .Replace("fl", @"\257", StringComparison.Ordinal)})",
        _ => $"<{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text))}>",
    };

    private static string Escaped(string text) => text
        .Replace(@"\", @"\\", StringComparison.Ordinal)
        .Replace("(", @"\(", StringComparison.Ordinal)
        .Replace(")", @"\)", StringComparison.Ordinal);

    /// <summary>Where a rectangle of the canvas is shown.</summary>
    private Box Shown(double left, double bottom, double right, double top)
    {
        if (_isUpright || Rotation == 0)
            return Share(left, Height - top, right, Height - bottom, Width, Height);
        return Rotation switch
        {
            90 => Share(bottom, left, top, right, _height, _width),
            180 => Share(_width - right, bottom, _width - left, top, _width, _height),
            _ => Share(_height - top, _width - right, _height - bottom, _width - left, _height, _width),
        };
    }

    private static Box Share(double left, double top, double right, double bottom, double width, double height) =>
        new(left / width, top / height, (right - left) / width, (bottom - top) / height);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The fonts of a canvas.</summary>
internal enum PdfFont
{
    /// <summary>Helvetica.</summary>
    Latin,

    /// <summary>Helvetica with its fi and fl as one glyph.</summary>
    Ligatures,

    /// <summary>Japanese, from left to right.</summary>
    Japanese,

    /// <summary>Japanese, from top to bottom.</summary>
    Vertical,
}
