using System.Globalization;
using System.Text.RegularExpressions;
using MetadataExtractor;
using MetadataExtractor.Formats.Exif;
using MetadataExtractor.IO;
using Qwen35Batch.Contracts.Stages;

namespace Qwen35Batch.Pipeline.Extract.Pictures;

/// <summary>
/// Reads date, place and camera from a picture's Exif block. The block is bounded, and so is what its parser can do with it: it takes no
/// more memory than some times its size, and a chain of directories, which it follows by calling itself, ends within its own stack.
/// </summary>
internal static partial class CaptureReader
{
    /// <summary>The largest block that is read.</summary>
    public const int MaxBytes = 128 << 10;

    // Of a TIFF, only its directories are read, and what they hold themselves.
    private const int MaxTiffBytes = 8 << 20;
    private const int StackBytes = 64 << 20;
    private const int LongestCamera = 100;
    private const int SearchedBytes = 1 << 20;
    private const int ThisMade = 0x9011;
    private static readonly byte[] Head = "Exif\0\0"u8.ToArray();
    private static readonly byte[][] Starts = ["Exif\0\0MM\0*"u8.ToArray(), "Exif\0\0II*\0"u8.ToArray()];

    /// <summary>What the camera wrote; null when it wrote nothing, or nothing that can be read.</summary>
    /// <param name="block">An Exif block, with or without <c>Exif</c> before it.</param>
    public static MediaCapture? Read(ReadOnlyMemory<byte> block)
    {
        if (block.Span.StartsWith(Head))
            block = block[Head.Length..];
        if (block.Length is < 8 or > MaxBytes)
            return null;
        return ParseApart(new ByteArrayReader(block.ToArray()));
    }

    /// <summary>What the camera, or the scanner, wrote into a TIFF file, which is built as an Exif block is.</summary>
    /// <param name="path">A file of the media store.</param>
    public static MediaCapture? ReadTiff(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        using var capped = new CappedStream(file, MaxTiffBytes);
        return file.Length is < 8 or > int.MaxValue ? null : ParseApart(new IndexedSeekingReader(capped));
    }

    /// <summary>The Exif block of a HEIC file, which stands somewhere near its start or end; empty when there is none.</summary>
    /// <param name="path">A file of the media store.</param>
    public static ReadOnlyMemory<byte> FindBlock(string path)
    {
        using var file = File.OpenHandle(path);
        var length = RandomAccess.GetLength(file);
        var searched = (int)Math.Min(SearchedBytes, length);
        foreach (var start in new[] { 0, length - searched }.Distinct())
        {
            var bytes = new byte[searched];
            var read = RandomAccess.Read(file, bytes, start);
            foreach (var head in Starts)
            {
                if (bytes.AsSpan(0, read).IndexOf(head) is >= 0 and var at)
                    return bytes.AsMemory(at, Math.Min(read - at, MaxBytes));
            }
        }

        return default;
    }

    private static MediaCapture? ParseApart(IndexedReader block)
    {
        MediaCapture? capture = null;
        var thread = new Thread(() => capture = Parse(block), StackBytes) { IsBackground = true, Name = "Exif" };
        thread.Start();
        thread.Join();
        return capture;
    }

    private static MediaCapture? Parse(IndexedReader block)
    {
        try
        {
            var found = new ExifReader().Extract(block);
            var (picture, camera) = (found.OfType<ExifSubIfdDirectory>().ToList(), found.OfType<ExifIfd0Directory>().FirstOrDefault());
            var place = found.OfType<GpsDirectory>().FirstOrDefault();
            var (latitude, longitude) = Place(place);
            var capture = new MediaCapture
            {
                TakenAt = picture.Select(TakenAt).FirstOrDefault(date => date is not null),
                Latitude = latitude,
                Longitude = longitude,
                AltitudeMetres = latitude is null ? null : Altitude(place!),
                Camera = Camera(camera),
            };
            return capture == new MediaCapture() ? null : capture;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The library throws whatever its parsing runs into; a picture is a picture without its date.
            return null;
        }
    }

    private static string? TakenAt(ExifSubIfdDirectory directory)
    {
        if (directory.GetString(ExifDirectoryBase.TagDateTimeOriginal) is not { Length: <= 30 } written
            || !DateTime.TryParseExact(
                written.Trim('\0', ' '),
                "yyyy:MM:dd HH:mm:ss",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var date))
        {
            return null;
        }

        var offset = directory.GetString(ThisMade)?.Trim('\0', ' ') ?? "";
        return date.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + (Offset().IsMatch(offset) ? offset : "");
    }

    private static (double? Latitude, double? Longitude) Place(GpsDirectory? directory) =>
        directory?.GetGeoLocation() is { IsZero: false, Latitude: >= -90 and <= 90, Longitude: >= -180 and <= 180 } place
            ? (Math.Round(place.Latitude, 6), Math.Round(place.Longitude, 6))
            : (null, null);

    private static double? Altitude(GpsDirectory directory) =>
        directory.TryGetRational(GpsDirectory.TagAltitude, out var altitude) && altitude.ToDouble() is >= 0 and < 100_000 and var metres
            ? Math.Round(directory.TryGetInt32(GpsDirectory.TagAltitudeRef, out var below) && below == 1 ? -metres : metres, 1)
            : null;

    private static string? Camera(ExifIfd0Directory? directory)
    {
        var maker = Words(directory?.GetString(ExifDirectoryBase.TagMake));
        var model = Words(directory?.GetString(ExifDirectoryBase.TagModel));
        var camera = model.StartsWith(maker, StringComparison.OrdinalIgnoreCase) ? model : $"{maker} {model}".Trim();
        return camera.Length == 0 ? null : camera.Length <= LongestCamera ? camera : camera[..LongestCamera];
    }

    private static string Words(string? text) => text is null ? "" : string.Concat(
        text.Take(LongestCamera).Where(character => !char.IsControl(character) && !char.IsSurrogate(character))).Trim();

    [GeneratedRegex(@"^[+-]\d\d:\d\d$")]
    private static partial Regex Offset();
}
