using NetVips;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Formats;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract.Pictures;

/// <summary>The header of a picture: its size as displayed, and which of the pictures in it are pages or frames.</summary>
internal sealed class PictureFile
{
    // Scanners and fax machines round their resolutions.
    private const double SquareTolerance = 0.03;
    private const double MostStretch = 10;

    private PictureFile(
        int width, int height, int pages, IReadOnlyList<int> readable, bool isAnimation, bool isStretched, Enums.BandFormat format,
        byte[] exif)
    {
        Exif = exif;
        (Width, Height, Pictures, Pages, IsAnimation, IsStretched, Format) = (
            width, height, pages, readable, isAnimation, isStretched, format);
    }

    /// <summary>Pixels from left to right as displayed: turned upright, with square pixels.</summary>
    public int Width { get; }

    /// <summary>Pixels from top to bottom as displayed.</summary>
    public int Height { get; }

    /// <summary>How many pictures there are in the file, of whatever use.</summary>
    public int Pictures { get; }

    /// <summary>The places of the pages among them, from 0; one for a picture or an animation.</summary>
    public IReadOnlyList<int> Pages { get; }

    /// <summary>Whether the pictures are the frames of an animation.</summary>
    public bool IsAnimation { get; }

    /// <summary>Whether the pixels as stored are not square.</summary>
    public bool IsStretched { get; }

    /// <summary>The Exif block; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Exif { get; }

    /// <summary>Whether the file is a TIFF, in whose directories a camera may have written.</summary>
    public bool IsTiff { get; private init; }

    /// <summary>What a sample is.</summary>
    public Enums.BandFormat Format { get; }

    /// <summary>Reads the header of a page.</summary>
    /// <param name="path">A file of the media store, or null for a picture that is only in memory and has a single page.</param>
    /// <param name="open">Opens a picture of the file by its place.</param>
    /// <param name="page">The page, from 0.</param>
    public static PictureFile Read(string? path, Func<int, Image> open, int page)
    {
        using var first = open(0);
        var pictures = first.Contains("n-pages") ? (int)first.Get("n-pages") : 1;
        var isAnimation = pictures > 1 && first.Contains("delay");
        var isTiff = first.Contains("vips-loader") && ((string)first.Get("vips-loader")).StartsWith("tiff", StringComparison.Ordinal);
        var tiff = path is not null && isTiff ? TiffFile.ReadPages(path) : [];
        var readable = Readable(pictures, isTiff, isAnimation, tiff);
        var place = readable[Math.Min(page, readable.Count - 1)];
        using var image = open(place);
        var (width, height) = (image.Width, image.PageHeight);
        var stretch = place < tiff.Count ? Stretch(tiff[place]) : 1;
        if (stretch > 1)
            height = (int)Math.Round(height * stretch);
        else if (stretch < 1)
            width = (int)Math.Round(width / stretch);
        if (image.Contains("orientation") && (int)image.Get("orientation") is >= 5 and <= 8)
            (width, height) = (height, width);
        return new(width, height, pictures, readable, isAnimation, Math.Abs(stretch - 1) > 0, image.Format, ExifOf(first))
        {
            IsTiff = isTiff,
        };
    }

    /// <summary>Refuses what is too large, or too long and thin.</summary>
    /// <exception cref="MediaRejectedException">It is.</exception>
    public static void Check(int width, int height, long maxPixels, string subject)
    {
        if ((long)width * height > maxPixels)
        {
            throw new MediaRejectedException(
                RejectionReason.TooLarge,
                $"{subject} has {width} × {height} pixels, more than {maxPixels:N0}; reduce it, or raise Acquire:MaxPixels.");
        }

        if (Math.Max(width, height) > (long)PictureDecoder.MaxAspectRatio * Math.Min(width, height))
        {
            throw new MediaRejectedException(
                RejectionReason.UnsupportedMedia,
                $"{subject} has {width} × {height} pixels; the model reads no picture that is more than {PictureDecoder.MaxAspectRatio} "
                + $"times as long as it is wide. Cut it into pieces.");
        }
    }

    private static byte[] ExifOf(Image image) => image.Contains("exif-data") ? (byte[])image.Get("exif-data") : [];

    // Only in TIFF a further picture is a page; smaller versions of the first are not.
    private static List<int> Readable(int pictures, bool isTiff, bool isAnimation, IReadOnlyList<TiffPage> tiff)
    {
        if (!isTiff || isAnimation || pictures == 1)
            return [0];
        List<int> places = [.. Enumerable.Range(0, pictures).Where(place => place >= tiff.Count || !tiff[place].IsAuxiliary)];
        return places.Count == 0 ? [0] : places;
    }

    // How many times as high as stored the picture is shown; below 1, how much wider.
    private static double Stretch(TiffPage page)
    {
        if (page.HorizontalResolution <= 0 || page.VerticalResolution <= 0)
            return 1;
        var ratio = page.HorizontalResolution / page.VerticalResolution;
        return Math.Abs(ratio - 1) <= SquareTolerance || ratio is > MostStretch or < 1 / MostStretch ? 1 : ratio;
    }
}
