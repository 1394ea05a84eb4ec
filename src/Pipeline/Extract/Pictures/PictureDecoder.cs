using NetVips;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract.Pictures;

/// <summary>
/// Decodes still pictures with libvips: header first, then reduced while loading, so that memory follows the result and not the
/// source. Only the loaders of the accepted kinds are open; those for SVG, PDF and everything exotic are shut.
/// </summary>
internal static class PictureDecoder
{
    /// <summary>The largest ratio of the long side to the short one that the model reads.</summary>
    public const int MaxAspectRatio = 200;

    private static readonly string[] Loaders =
    [
        "VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp", "VipsForeignLoadNsgif", "VipsForeignLoadTiff", "VipsForeignLoadHeif",
    ];

    private static readonly double[] White = [255, 255, 255];

    static PictureDecoder()
    {
        NetVips.NetVips.BlockUntrusted = true;
        Operation.Block("VipsForeignLoad", true);
        foreach (var loader in Loaders)
            Operation.Block(loader, false);
        // Every picture is decoded once: a cache would only hold memory.
        Cache.Max = 0;
        // What is wrong with a picture is in the exception or in the note, not on this process's standard error.
        NetVips.Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, (_, _, _) => { });
    }

    /// <summary>The size as displayed, from the header.</summary>
    /// <param name="path">A file of the media store.</param>
    /// <param name="maxPixels">The largest number of pixels allowed.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <exception cref="MediaRejectedException">It is damaged, too large, or too long and thin.</exception>
    public static (int Width, int Height) ReadSize(string path, long maxPixels, string subject)
    {
        try
        {
            using var image = Image.NewFromFile(path, access: Enums.Access.Sequential);
            return Check(image, maxPixels, subject);
        }
        catch (VipsException exception)
        {
            throw Corrupt(subject, exception);
        }
    }

    /// <summary>Decodes a file of the media store.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxPixels">The largest number of pixels allowed in the source.</param>
    /// <param name="targetPixels">The largest number of pixels of the result.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <returns>The picture, and what a reader must know of it.</returns>
    /// <exception cref="MediaRejectedException">It is damaged, too large, or too long and thin.</exception>
    public static (Picture Picture, string? Note) Decode(string path, long maxPixels, int targetPixels, string subject) =>
        Decode(
            () => Image.NewFromFile(path, access: Enums.Access.Sequential),
            (width, height, failOn) => Image.Thumbnail(
                path, width, height, Enums.Size.Down, outputProfile: "srgb", failOn: failOn),
            maxPixels,
            targetPixels,
            subject);

    /// <summary>Decodes a picture in memory; otherwise as the other overload.</summary>
    public static (Picture Picture, string? Note) Decode(byte[] content, long maxPixels, int targetPixels, string subject) =>
        Decode(
            () => Image.NewFromBuffer(content, access: Enums.Access.Sequential),
            (width, height, failOn) => Image.ThumbnailBuffer(
                content, width, height: height, size: Enums.Size.Down, outputProfile: "srgb", failOn: failOn),
            maxPixels,
            targetPixels,
            subject);

    private static (Picture Picture, string? Note) Decode(
        Func<Image> open, Func<int, int, Enums.FailOn, Image> shrink, long maxPixels, int targetPixels, string subject)
    {
        try
        {
            int width, height, pages;
            using (var header = open())
            {
                var size = Check(header, maxPixels, subject);
                (width, height) = PictureSize.Fit(size.Width, size.Height, targetPixels);
                pages = header.Contains("n-pages") && !header.Contains("delay") ? (int)header.Get("n-pages") : 1;
            }

            var note = pages > 1 ? $"Only the first of {pages} pictures in the file was read." : null;
            try
            {
                return (Load(() => shrink(width, height, Enums.FailOn.Truncated)), note);
            }
            catch (VipsException)
            {
                return (Load(() => shrink(width, height, Enums.FailOn.None)), "The picture is damaged; parts of it may be missing or grey.");
            }
        }
        catch (VipsException exception)
        {
            throw Corrupt(subject, exception);
        }
    }

    private static Picture Load(Func<Image> shrink)
    {
        using var shrunk = shrink();
        using var coloured = shrunk.Interpretation == Enums.Interpretation.Srgb ? shrunk.Copy() : shrunk.Colourspace(Enums.Interpretation.Srgb);
        using var opaque = coloured.HasAlpha() ? coloured.Flatten(background: White) : coloured.Copy();
        using var bands = opaque.Bands == 1 ? opaque.Bandjoin(opaque, opaque) : opaque.ExtractBand(0, n: 3);
        using var bytes = bands.Cast(Enums.BandFormat.Uchar);
        return Pixmap.FromPixels(bytes.WriteToMemory<byte>(), bytes.Width, bytes.Height);
    }

    private static (int Width, int Height) Check(Image image, long maxPixels, string subject)
    {
        var (width, height) = (image.Width, image.PageHeight);
        if ((long)width * height > maxPixels)
        {
            throw new MediaRejectedException(
                RejectionReason.TooLarge,
                $"{subject} has {width} × {height} pixels, more than {maxPixels:N0}; reduce it, or raise Acquire:MaxPixels.");
        }

        if (Math.Max(width, height) > (long)MaxAspectRatio * Math.Min(width, height))
        {
            throw new MediaRejectedException(
                RejectionReason.UnsupportedMedia,
                $"{subject} has {width} × {height} pixels; the model reads no picture that is more than {MaxAspectRatio} times as long as it is wide. Cut it into pieces.");
        }

        var isTurned = image.Contains("orientation") && (int)image.Get("orientation") is >= 5 and <= 8;
        return isTurned ? (height, width) : (width, height);
    }

    private static MediaRejectedException Corrupt(string subject, VipsException exception) => new(
        RejectionReason.CorruptMedia,
        $"{subject} cannot be decoded: {exception.Message.Split('\n')[0].Trim()}. Submit an intact copy.",
        exception);
}
