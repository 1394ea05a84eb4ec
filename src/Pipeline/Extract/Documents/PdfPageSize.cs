using System.Globalization;
using System.Text.RegularExpressions;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Extract.Pictures;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>The size at which a page is drawn, from what <c>pdfinfo -box</c> says of it.</summary>
internal static partial class PdfPageSize
{
    private const double PointsPerInch = 72;
    private const double HighestResolution = 200;
    private const double Scale = HighestResolution / PointsPerInch;

    /// <summary>The size in pixels: as the model keeps it, unless the page is turned.</summary>
    /// <exception cref="MediaRejectedException">It has none, or is too long and thin.</exception>
    public static PdfDrawing Fit(string answer, string subject, MediaSettings settings)
    {
        var (width, height) = PageBox(answer, subject);
        var isTurned = IsTurned(answer);
        var (x, y) = isTurned
            ? PictureSize.Fit(width * Scale, height * Scale, settings.MaxPicturePixels)
            : PictureSize.FitKept(width * Scale, height * Scale, settings.MaxPicturePixels);
        return new(x, y, isTurned);
    }

    /// <summary>The size in pixels; null for a page that cannot be drawn.</summary>
    /// <param name="answer">What <c>pdfinfo -box</c> says of it.</param>
    /// <param name="settings">The task's settings.</param>
    public static PdfDrawing? TryFit(string answer, MediaSettings settings)
    {
        try
        {
            return Fit(answer, "", settings);
        }
        catch (MediaRejectedException)
        {
            return null;
        }
    }

    /// <summary>By how much the page is turned when it is shown, clockwise, in degrees.</summary>
    public static int Rotation(string answer) =>
        PageRotation().Match(answer) is { Success: true } rotation
            && int.TryParse(rotation.Groups[1].Value, CultureInfo.InvariantCulture, out var angle)
            ? angle
            : 0;

    private static bool IsTurned(string answer) => Rotation(answer) is 90 or 270;

    /// <summary>The size of what is shown, turned as it is shown, in points.</summary>
    private static (double Width, double Height) PageBox(string answer, string subject)
    {
        var size = PageSize().Match(answer);
        if (!size.Success
            || !double.TryParse(size.Groups[1].Value, CultureInfo.InvariantCulture, out var width)
            || !double.TryParse(size.Groups[2].Value, CultureInfo.InvariantCulture, out var height)
            || width <= 0 || height <= 0)
        {
            throw PdfReader.Corrupt(subject, "it has no size");
        }

        if (IsTurned(answer))
            (width, height) = (height, width);
        if (Math.Max(width, height) > PictureDecoder.MaxAspectRatio * Math.Min(width, height))
        {
            throw new MediaRejectedException(
                RejectionReason.UnsupportedMedia,
                FormattableString.Invariant(
                    $"{subject} measures {width:F0} × {height:F0} points; ")
                    + $"the model reads no picture that is more than {PictureDecoder.MaxAspectRatio} times as long as it is wide.");
        }

        return (width, height);
    }

    [GeneratedRegex(@"^Page(?:\s+\d+)? size:\s+([\d.]+) x ([\d.]+) pts", RegexOptions.Multiline)]
    private static partial Regex PageSize();

    [GeneratedRegex(@"^Page(?:\s+\d+)? rot:\s+(\d+)", RegexOptions.Multiline)]
    private static partial Regex PageRotation();
}
