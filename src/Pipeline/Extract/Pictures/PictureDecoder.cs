using NetVips;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire.Formats;
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

    // An animation may fade in from nothing.
    private const int MostBlankFrames = 32;

    private static readonly string[] Loaders =
    [
        "VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp", "VipsForeignLoadNsgif", "VipsForeignLoadTiff",
        "VipsForeignLoadHeif",
    ];

    // What libheif says when it was built without a decoder.
    private static readonly string[] NoDecoder =
        ["unsupported codec", "no decoding plugin", "unsupported feature", "compression format has not been built in"];

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

    /// <summary>The size of the first page as displayed, the number of pages, and what the camera wrote, from the header.</summary>
    /// <param name="path">A file of the media store.</param>
    /// <param name="maxPixels">The largest number of pixels allowed.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <exception cref="MediaRejectedException">It is damaged, too large, or too long and thin.</exception>
    public static PictureHeader ReadHeader(string path, long maxPixels, string subject)
    {
        try
        {
            var file = PictureFile.Read(path, Source.Of(path).Open, 0);
            PictureFile.Check(file.Width, file.Height, maxPixels, subject);
            var capture = CaptureReader.Read(file.Exif) ?? (file.IsTiff ? CaptureReader.ReadTiff(path) : null);
            var note = file.IsTiff && TiffFile.BreaksOff(path) ? PictureLook.CutOff(file.Pages.Count) : null;
            return new(file.Width, file.Height, file.Pages.Count, capture, note);
        }
        catch (VipsException exception)
        {
            throw Corrupt(subject, exception);
        }
    }

    /// <summary>Refuses a picture whose coding the library does not read, such as HEVC in HEIC: its header alone does not tell.</summary>
    /// <param name="path">A file of the media store.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <exception cref="MediaRejectedException">It cannot be decoded.</exception>
    public static void RequireDecoder(string path, string subject)
    {
        try
        {
            using var small = Source.Of(path).Small();
            small.Avg();
        }
        catch (VipsException exception) when (NoDecoder.Any(words => exception.Message.Contains(words, StringComparison.OrdinalIgnoreCase)))
        {
            throw new MediaRejectedException(
                RejectionReason.UnsupportedMedia,
                $"{subject} is a HEIC picture coded as HEVC, for which this installation's libvips has no decoder; save it as JPEG, PNG "
                + $"or AVIF.",
                exception);
        }
        catch (VipsException exception)
        {
            throw Corrupt(subject, exception);
        }
    }

    /// <summary>Decodes a page of a file of the media store.</summary>
    /// <param name="path">The file.</param>
    /// <param name="page">The page, from 1.</param>
    /// <param name="maxPixels">The largest number of pixels allowed in the source.</param>
    /// <param name="targetPixels">The largest number of pixels of the result.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <returns>The picture, and what a reader must know of it.</returns>
    /// <exception cref="MediaRejectedException">It is damaged, too large, or too long and thin.</exception>
    public static (Picture Picture, IReadOnlyList<ReadingNote> Notes) Decode(
        string path, int page, long maxPixels, int targetPixels, string subject) =>
        Decode(Source.Of(path), page, maxPixels, targetPixels, subject);

    /// <summary>Decodes a picture in memory; otherwise as the other overload.</summary>
    public static (Picture Picture, IReadOnlyList<ReadingNote> Notes) Decode(
        byte[] content, long maxPixels, int targetPixels, string subject) =>
        Decode(new Source(null, content), 1, maxPixels, targetPixels, subject);

    private static (Picture Picture, IReadOnlyList<ReadingNote> Notes) Decode(
        Source source, int page, long maxPixels, int targetPixels, string subject)
    {
        try
        {
            var file = PictureFile.Read(source.Path, source.Open, page - 1);
            PictureFile.Check(file.Width, file.Height, maxPixels, subject);
            var (width, height) = PictureSize.Fit(file.Width, file.Height, targetPixels);
            var job = new Load(source, file, file.Pages[Math.Min(page - 1, file.Pages.Count - 1)], width, height, subject);
            try
            {
                return Decode(job, Enums.FailOn.Truncated);
            }
            catch (VipsException)
            {
                var (picture, notes) = Decode(job, Enums.FailOn.None);
                return (picture, [.. notes, PictureLook.Damaged]);
            }
        }
        catch (VipsException exception)
        {
            throw Corrupt(subject, exception);
        }
    }

    private static (Picture Picture, IReadOnlyList<ReadingNote> Notes) Decode(Load job, Enums.FailOn failOn)
    {
        if (PictureLook.NeedsRange(job.File.Format))
        {
            var fitted = PictureLook.FitRange(() => job.Source.Open(job.Place))
                ?? throw new MediaRejectedException(
                    RejectionReason.UnsupportedMedia, $"{job.Subject} has samples in floating point that are no numbers; save it with 8 "
                        + $"or 16 bits.");
            using var picture = fitted.Picture;
            using var shrunk = picture.ThumbnailImage(job.Width, height: job.Height, size: job.Size);
            return (Pixels(shrunk).Picture, [fitted.Note]);
        }

        if (!job.File.IsAnimation)
        {
            var others = job.File.Pictures - job.File.Pages.Count;
            var frames = job.Source.Path is { } path ? AnimatedPng.CountFrames(path) : 1;
            var (picture, notes) = Pixels(job, job.Place, failOn);
            return (
                picture,
                ReadingNote.Of(
                [
                    others > 0 && job.File.Pages.Count == 1
                        ? ReadingNote.Gap($"Only the first of {job.File.Pictures} pictures in the file was read.")
                        : null,
                    frames > 1 ? ReadingNote.Gap($"Only the first of {frames} frames of the animation was read.") : null,
                    .. notes,
                ]));
        }

        return Frame(job, failOn);
    }

    // Of an animation one frame is shown: the first that shows anything.
    private static (Picture Picture, IReadOnlyList<ReadingNote> Notes) Frame(Load job, Enums.FailOn failOn)
    {
        for (var place = 0; place < Math.Min(job.File.Pictures, MostBlankFrames); place++)
        {
            using var shrunk = job.Source.Shrink(place, job, failOn);
            using var whole = shrunk.CopyMemory();
            if (place > 0 && PictureLook.IsBlank(whole))
                continue;
            if (place == 0 && PictureLook.IsBlank(whole) && job.File.Pictures > 1)
                continue;
            var (picture, notes) = Pixels(whole);
            var which = place == 0 ? $"Only the first of {job.File.Pictures} frames" : $"Only frame {place + 1} of {job.File.Pictures}";
            var before = place == 0 ? "" : "; those before it show nothing";
            return (picture, [new($"{which} of the animation was read{before}.", IsGap: place + 1 < job.File.Pictures), .. notes]);
        }

        var (blank, _) = Pixels(job, 0, failOn);
        return (blank, [ReadingNote.Gap($"Only the first of {job.File.Pictures} frames of the animation was read; it shows nothing.")]);
    }

    private static (Picture Picture, IReadOnlyList<ReadingNote> Notes) Pixels(Load job, int place, Enums.FailOn failOn)
    {
        using var shrunk = job.Source.Shrink(place, job, failOn);
        return Pixels(shrunk);
    }

    private static (Picture Picture, IReadOnlyList<ReadingNote> Notes) Pixels(Image shrunk)
    {
        var (coloured, note) = PictureLook.OnGround(shrunk);
        using var picture = coloured;
        return (Pixmap.FromPixels(picture.WriteToMemory<byte>(), picture.Width, picture.Height), ReadingNote.Of(note));
    }

    private static MediaRejectedException Corrupt(string subject, VipsException exception) => new(
        RejectionReason.CorruptMedia,
        $"{subject} cannot be decoded: {Cause(exception)}. Submit an intact copy.",
        exception);

    // The first line only tells which operation failed.
    private static string Cause(VipsException exception)
    {
        var lines = exception.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var cause = lines.FirstOrDefault(line => !line.StartsWith("unable to call", StringComparison.Ordinal)) ?? lines[0];
        // Where the file is stored here says nothing to whoever submitted it.
        return (cause.StartsWith('/') && cause.IndexOf(": ", StringComparison.Ordinal) is > 0 and var path ? cause[(path + 2)..] : cause)
            .TrimEnd('.');
    }

    private sealed record Load(Source Source, PictureFile File, int Place, int Width, int Height, string Subject)
    {
        public Enums.Size Size => File.IsStretched ? Enums.Size.Force : Enums.Size.Down;
    }

    /// <summary>A file, or bytes in memory.</summary>
    /// <param name="Path">The file; null for bytes alone.</param>
    /// <param name="Content">The bytes; null to read the file.</param>
    private sealed record Source(string? Path, byte[]? Content)
    {
        // libheif looks beyond the end of the smallest files, which the library then calls damaged.
        private const int SmallestRead = 4_096;
        private const int SmallPixels = 16;

        public static Source Of(string path) =>
            new(path, new FileInfo(path) is { Exists: true, Length: < SmallestRead } ? System.IO.File.ReadAllBytes(path) : null);

        public Image Open(int place)
        {
            var options = place == 0 ? null : new VOption { { "page", place } };
            return Content is null
                ? Image.NewFromFile(Path!, access: Enums.Access.Sequential, kwargs: options)
                : Image.NewFromBuffer(Content, access: Enums.Access.Sequential, kwargs: options);
        }

        public Image Small() => Content is null
            ? Image.Thumbnail(Path!, SmallPixels, size: Enums.Size.Down)
            : Image.ThumbnailBuffer(Content, SmallPixels, size: Enums.Size.Down);

        public Image Shrink(int place, Load job, Enums.FailOn failOn)
        {
            var option = place == 0 ? "" : $"page={place}";
            return Content is null
                ? Image.Thumbnail(
                    place == 0 ? Path! : $"{Path}[{option}]", job.Width, job.Height, job.Size, outputProfile: "srgb", failOn: failOn)
                : Image.ThumbnailBuffer(
                    Content, job.Width, optionString: option, height: job.Height, size: job.Size, outputProfile: "srgb", failOn: failOn);
        }
    }
}
