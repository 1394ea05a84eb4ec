using System.Globalization;
using System.Text.RegularExpressions;
using Qwen35Batch.Contracts.Stages;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>When, where and with what a video or sound was recorded, by what the camera wrote into the container.</summary>
internal static partial class ClipCapture
{
    private const int LongestCamera = 100;

    // The first knows the camera's own offset; the others are UTC.
    private static readonly string[] Dates = ["com.apple.quicktime.creationdate", "creation_time", "date_recorded"];
    private static readonly string[] Places = ["com.apple.quicktime.location.iso6709", "location", "location-eng"];
    private static readonly string[] Makers = ["com.apple.quicktime.make", "com.android.manufacturer", "make"];
    private static readonly string[] Models = ["com.apple.quicktime.model", "com.android.model", "model"];

    /// <summary>What the camera wrote; null when it wrote nothing that is understood.</summary>
    /// <param name="tags">The tags of the container and of its tracks, by their names; the first of a name counts.</param>
    public static MediaCapture? Of(IEnumerable<KeyValuePair<string, string>> tags)
    {
        var known = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in tags)
            known.TryAdd(name, value);
        var (latitude, longitude, altitude) = Place(First(known, Places));
        var capture = new MediaCapture
        {
            TakenAt = Dates.Select(name => Date(known.GetValueOrDefault(name))).FirstOrDefault(date => date is not null),
            Latitude = latitude,
            Longitude = longitude,
            AltitudeMetres = altitude,
            Camera = Camera(First(known, Makers), First(known, Models)),
        };
        return capture == new MediaCapture() ? null : capture;
    }

    private static string? First(Dictionary<string, string> known, string[] names) =>
        names.Select(known.GetValueOrDefault).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));

    // Cameras whose clock was never set write the year in which their counting begins.
    private static string? Date(string? written) =>
        written is { Length: <= 40 } && DateTimeOffset.TryParse(
            written, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) && date.Year > 1970
            ? date.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture)
            : null;

    // ISO 6709: degrees, or degrees and minutes, or those and seconds, by the number of digits before the point.
    private static (double? Latitude, double? Longitude, double? Altitude) Place(string? written)
    {
        if (written is null || Iso6709().Match(written) is not { Success: true } match
            || Degrees(match.Groups[1].ValueSpan, 2) is not (>= -90 and <= 90 and var latitude)
            || Degrees(match.Groups[2].ValueSpan, 3) is not (>= -180 and <= 180 and var longitude)
            || (Math.Abs(latitude) < 1e-9 && Math.Abs(longitude) < 1e-9))
        {
            return (null, null, null);
        }

        var altitude = double.TryParse(match.Groups[3].ValueSpan, CultureInfo.InvariantCulture, out var metres)
            && Math.Abs(metres) < 100_000
            ? Math.Round(metres, 1)
            : (double?)null;
        return (Math.Round(latitude, 6), Math.Round(longitude, 6), altitude);
    }

    private static double? Degrees(ReadOnlySpan<char> written, int digits)
    {
        var whole = written[1..];
        var point = whole.IndexOf('.') is >= 0 and var found ? found : whole.Length;
        if (point != digits && point != digits + 2 && point != digits + 4)
            return null;
        var degrees = Number(whole[..(point == digits ? whole.Length : digits)]);
        if (point >= digits + 2)
            degrees += Number(whole[digits..(point == digits + 2 ? whole.Length : digits + 2)]) / 60;
        if (point == digits + 4)
            degrees += Number(whole[(digits + 2)..]) / 3600;
        return written[0] == '-' ? -degrees : degrees;

        static double Number(ReadOnlySpan<char> text) => double.Parse(text, CultureInfo.InvariantCulture);
    }

    private static string? Camera(string? maker, string? model)
    {
        var (made, named) = (Words(maker), Words(model));
        var camera = named.StartsWith(made, StringComparison.OrdinalIgnoreCase) ? named : $"{made} {named}".Trim();
        return camera.Length == 0 ? null : camera.Length <= LongestCamera ? camera : camera[..LongestCamera];
    }

    private static string Words(string? text) => text is null ? "" : string.Concat(
        text.Take(LongestCamera).Where(character => !char.IsControl(character) && !char.IsSurrogate(character))).Trim();

    [GeneratedRegex(@"^([+-]\d{2,6}(?:\.\d{1,12})?)([+-]\d{3,7}(?:\.\d{1,12})?)([+-]\d{1,6}(?:\.\d{1,6})?)?")]
    private static partial Regex Iso6709();
}
