using System.Globalization;
using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>What the decoder says of a frame.</summary>
/// <param name="Seconds">Its time from the start of the recording.</param>
/// <param name="Shape">Its size and the shape of its pixels, as ffmpeg writes them.</param>
/// <param name="IsHeld">Whether it began earlier and is what is shown then.</param>
internal sealed partial record FrameTime(double Seconds, string Shape, bool IsHeld = false)
{
    /// <summary>What a line of ffmpeg says of a frame that was selected; null for other lines. The time base is a microsecond.</summary>
    public static FrameTime? Read(string line) => SelectedFrame().Match(line) is { Success: true } frame
        ? new(long.Parse(frame.Groups[1].Value, CultureInfo.InvariantCulture) / 1e6, frame.Groups[2].Value, frame.Groups[3].Value == "T")
        : null;

    /// <summary>The time of the first frame that was decoded, selected or not; null for lines that do not say it.</summary>
    public static double? ReadFirst(string line) => DecodedTime().Match(line) is { Success: true } time
        ? double.Parse(time.Groups[1].Value, CultureInfo.InvariantCulture)
        : null;

    /// <summary>Whether a line tells of an error.</summary>
    public static bool IsError(string line) =>
        line.Contains("[error]", StringComparison.Ordinal) || line.Contains("[fatal]", StringComparison.Ordinal);

    [GeneratedRegex(@"^\[Parsed_showinfo\S* @ \S+\] \[info\] n:\s*\d+ pts:\s*(-?\d+) .*? (sar:\d+/\d+ s:\d+x\d+) i:(\w) ")]
    private static partial Regex SelectedFrame();

    [GeneratedRegex(@"^\[info\] (-?\d+\.\d+)$")]
    private static partial Regex DecodedTime();
}
