using Qwen35Batch.Contracts.Insights;
using UglyToad.PdfPig.Tokens;

namespace Qwen35Batch.Pipeline.Extract.Documents.Pdf;

/// <summary>The part of a page that is shown, in its own units, and how it is turned: what places on it become shares of.</summary>
/// <param name="Left">The left side.</param>
/// <param name="Bottom">The lower side.</param>
/// <param name="Right">The right side.</param>
/// <param name="Top">The upper side.</param>
/// <param name="Rotation">0, 90, 180 or 270 degrees clockwise.</param>
internal sealed record PdfPageArea(double Left, double Bottom, double Right, double Top, int Rotation)
{
    /// <summary>A page of American letters, which a page without a size is.</summary>
    public static readonly PdfPageArea Letter = new(0, 0, 612, 792, 0);

    /// <summary>The area of a page, or of a node above pages, with what it inherits.</summary>
    public static PdfPageArea Of(PdfObjects objects, DictionaryToken page, PdfPageArea inherited)
    {
        var media = Rectangle(objects, objects.Get<ArrayToken>(page, "MediaBox"));
        var crop = Rectangle(objects, objects.Get<ArrayToken>(page, "CropBox"));
        var area = media is null ? inherited : inherited with { Left = media[0], Bottom = media[1], Right = media[2], Top = media[3] };
        if (crop is not null)
        {
            var cut = new PdfPageArea(
                Math.Max(area.Left, crop[0]),
                Math.Max(area.Bottom, crop[1]),
                Math.Min(area.Right, crop[2]),
                Math.Min(area.Top, crop[3]),
                0);
            if (cut.Right > cut.Left && cut.Top > cut.Bottom) area = cut;
        }

        var turned = objects.Get<NumericToken>(page, "Rotate") is { } rotate ? (((int)rotate.Data % 360) + 360) % 360 : inherited.Rotation;
        return area with { Rotation = turned % 90 == 0 ? turned : 0 };
    }

    /// <summary>The place of a rectangle on the page as it is shown; null when none of it is.</summary>
    /// <param name="sides">Left, bottom, right and top, in the page's units.</param>
    public Box? Place(double[]? sides)
    {
        if (sides is null || Right <= Left || Top <= Bottom) return null;
        var (left, right) = (Share(sides[0], Left, Right), Share(sides[2], Left, Right));
        var (top, bottom) = (1 - Share(sides[3], Bottom, Top), 1 - Share(sides[1], Bottom, Top));
        if (right <= left || bottom <= top) return null;
        return Rotation switch
        {
            90 => new(1 - bottom, left, bottom - top, right - left),
            180 => new(1 - right, 1 - bottom, right - left, bottom - top),
            270 => new(top, 1 - right, bottom - top, right - left),
            _ => new(left, top, right - left, bottom - top),
        };
    }

    /// <summary>Left, bottom, right and top of four numbers that may name any two corners; null when they are none.</summary>
    public static double[]? Rectangle(PdfObjects objects, ArrayToken? corners)
    {
        if (Numbers(objects, corners) is not [var x, var y, var otherX, var otherY]) return null;
        return [Math.Min(x, otherX), Math.Min(y, otherY), Math.Max(x, otherX), Math.Max(y, otherY)];
    }

    /// <summary>All numbers of a list.</summary>
    public static double[] Numbers(PdfObjects objects, ArrayToken? list) =>
        [.. (list?.Data ?? []).Select(objects.Resolve).OfType<NumericToken>().Select(number => number.Double)];

    private static double Share(double value, double from, double to) => Math.Clamp((value - from) / (to - from), 0, 1);
}
