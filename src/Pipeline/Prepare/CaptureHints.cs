using System.Globalization;
using Qwen35Batch.Contracts.Stages;

namespace Qwen35Batch.Pipeline.Prepare;

/// <summary>What the camera wrote into a picture, as a hint to the model.</summary>
internal static class CaptureHints
{
    /// <summary>The hint; null when the camera wrote nothing.</summary>
    public static string? Of(MediaDescription media) => media.Capture is { } capture
        ? UntrustedText.Fence("What the camera wrote into the file, not what is seen", string.Join('\n', Lines(capture)))
        : null;

    private static IEnumerable<string> Lines(MediaCapture capture)
    {
        if (capture.TakenAt is { } date)
            yield return $"taken at {date}";
        if (capture is { Latitude: { } latitude, Longitude: { } longitude })
        {
            var height = capture.AltitudeMetres is { } metres ? FormattableString.Invariant($", {metres} m above the sea") : "";
            yield return $"at {Degrees(latitude, 'N', 'S')}, {Degrees(longitude, 'E', 'W')}{height}";
        }

        if (capture.Camera is { } camera)
            yield return $"with {camera}";
    }

    private static string Degrees(double value, char positive, char negative) =>
        Math.Abs(value).ToString("0.0#####", CultureInfo.InvariantCulture) + "° " + (value < 0 ? negative : positive);
}
