using System.Globalization;
using NetVips;
using Qwen35Batch.Contracts.Stages;

namespace Qwen35Batch.Pipeline.Extract.Pictures;

/// <summary>Turns decoded samples into what somebody would see: 8 bits of red, green and blue on a ground.</summary>
internal static class PictureLook
{
    /// <summary>What is said of a picture that could not be decoded without errors.</summary>
    public static readonly ReadingNote Damaged = ReadingNote.Gap("The picture is damaged; parts of it may be missing or grey.");

    /// <summary>What is said of a file that is cut off between its pages.</summary>
    public static ReadingNote CutOff(int pages) => ReadingNote.Gap(
        string.Create(CultureInfo.InvariantCulture, $"The file breaks off after page {pages}: it names a further page that is not in it."));

    private static readonly double[] White = [255, 255, 255];

    // White and black are both legible on it.
    private static readonly double[] Grey = [96, 96, 96];
    private const double Light = 200;
    private const double SomeClear = 0.01;
    private const double MostlyLight = 0.5;
    private const double Uniform = 1;
    private const double Grayish = 8;

    /// <summary>Whether samples have no range of their own and must be fitted into 8 bits.</summary>
    public static bool NeedsRange(Enums.BandFormat format) =>
        format is not (Enums.BandFormat.Uchar or Enums.BandFormat.Ushort or Enums.BandFormat.Notset);

    /// <summary>The samples of a picture without a range of its own as 8 bits; from 0 to 1 as they are, else from the least to the
    /// greatest.</summary>
    /// <param name="open">Opens the picture; called twice.</param>
    /// <returns>The picture, and what a reader must know of it; null when its samples are no numbers.</returns>
    public static (Image Picture, ReadingNote Note)? FitRange(Func<Image> open)
    {
        double least, greatest;
        using (var image = open())
        using (var numbers = Numbers(image))
        {
            // One pass: the picture is read from above to below, once. The first row is of all bands.
            using var measures = numbers.Stats();
            (least, greatest) = (measures[0, 0][0], measures[1, 0][0]);
        }

        if (!double.IsFinite(least) || !double.IsFinite(greatest))
            return null;
        if (least >= 0 && greatest is > 0 and <= 1)
            (least, greatest) = (0, 1);
        using var source = open();
        using var colours = Numbers(source);
        var scale = greatest > least ? 255 / (greatest - least) : 0;
        using var scaled = colours.Linear([scale], [-least * scale]);
        using var bytes = scaled.Cast(Enums.BandFormat.Uchar);
        var picture = bytes.Copy(interpretation: bytes.Bands >= 3 ? Enums.Interpretation.Srgb : Enums.Interpretation.Bw);
        return (
            picture,
            ReadingNote.Information(string.Create(
                CultureInfo.InvariantCulture,
                $"The picture has samples from {least:0.###} to {greatest:0.###} without a range of their own (such as floating point); "
                + $"they are shown from black to white.")));
    }

    /// <summary>An 8-bit picture in three colours, clear parts filled.</summary>
    public static (Image Picture, ReadingNote? Note) OnGround(Image image)
    {
        using var coloured = image.Interpretation == Enums.Interpretation.Srgb
            ? image.Copy()
            : image.Colourspace(Enums.Interpretation.Srgb);
        using var bytes = coloured.Cast(Enums.BandFormat.Uchar).CopyMemory();
        if (!bytes.HasAlpha())
            return (bytes.Bands == 1 ? bytes.Bandjoin(bytes, bytes) : bytes.ExtractBand(0, n: 3), null);
        using var alpha = bytes.ExtractBand(bytes.Bands - 1);
        using var colours = bytes.ExtractBand(0, n: bytes.Bands - 1);
        var isLight = IsLight(colours, alpha);
        using var flat = bytes.Flatten(background: isLight ? Grey : White);
        return (
            flat.Bands == 1 ? flat.Bandjoin(flat, flat) : flat.ExtractBand(0, n: 3),
            isLight ? ReadingNote.Information("The picture is drawn in white on a clear ground; it is shown on grey.") : null);
    }

    /// <summary>Whether a picture shows nothing: it is white, black or grey all over. One of a colour shows that.</summary>
    public static bool IsBlank(Image image)
    {
        var (least, most) = (double.MaxValue, double.MinValue);
        for (var number = 0; number < image.Bands; number++)
        {
            using var band = image.ExtractBand(number);
            if (band.Deviate() >= Uniform) return false;
            if (number >= 3 || image.Bands == 2) continue;
            least = Math.Min(least, band.Avg());
            most = Math.Max(most, band.Avg());
        }

        return most - least < Grayish;
    }

    private static Image Numbers(Image image)
    {
        using var colours = image.Bands >= 3 ? image.ExtractBand(0, n: 3) : image.ExtractBand(0);
        using var isNumber = colours.Equal(colours);
        return isNumber.Ifthenelse(colours, colours.NewFromImage(0));
    }

    private static bool IsLight(Image colours, Image alpha)
    {
        if (1 - (alpha.Avg() / 255) < SomeClear)
            return false;
        using var visible = alpha > 127;
        using var grey = colours.Bands == 1
            ? colours.Copy()
            : colours.Copy(interpretation: Enums.Interpretation.Srgb).Colourspace(Enums.Interpretation.Bw);
        using var white = grey > Light;
        using var seenWhite = white & visible;
        var seen = visible.Avg();
        return seen > 0 && seenWhite.Avg() / seen > MostlyLight;
    }
}
