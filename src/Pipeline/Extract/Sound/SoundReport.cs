using System.Globalization;
using System.Text.RegularExpressions;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Sound;

/// <summary>Reads what ffmpeg's loudness and silence filters write on standard error.</summary>
/// <param name="span">The span that is read.</param>
/// <param name="landsWithinFrame">Whether the first that is read may be the rest of a frame, which cannot be decoded.</param>
internal sealed partial class SoundReport(TimeSpanSeconds span, bool landsWithinFrame = false)
{
    // What the filter says of digital silence.
    private const double SilentLufs = -70;

    // Said of every track that is not read.
    private const string NotListed = "not on whitelist";

    private readonly List<TimeSpanSeconds> _silence = [];
    private double? _silenceStart;
    private bool _isDecoding = !landsWithinFrame;

    /// <summary>Integrated loudness, or null when silent or too short.</summary>
    public double? Loudness { get; private set; }

    /// <summary>The spans of silence; one that has not ended lasts until the given second.</summary>
    public IReadOnlyList<TimeSpanSeconds> SilenceUntil(double end) =>
        _silenceStart is { } start && start < end ? [.. _silence, new(start, end)] : _silence;

    /// <summary>Whether the decoder reported an error.</summary>
    public bool HasErrors { get; private set; }

    /// <summary>Takes a line; lines that are no errors are all taken.</summary>
    public bool TakeLine(string line)
    {
        if (IntegratedLoudness().Match(line) is { Success: true } loudness)
        {
            Loudness = Parse(loudness) is var value && value > SilentLufs ? value : null;
        }
        else if (SilenceStart().Match(line) is { Success: true } start)
        {
            _silenceStart = Math.Clamp(Parse(start), span.Start, span.End);
        }
        else if (SilenceEnd().Match(line) is { Success: true } end && _silenceStart is { } from)
        {
            _silence.Add(new(from, Math.Clamp(Parse(end), from, span.End)));
            _silenceStart = null;
        }

        // The output is opened for the first frame that is decoded.
        _isDecoding |= line.Contains("Output #0", StringComparison.Ordinal);
        var isError = line.Contains("[error]", StringComparison.Ordinal) || line.Contains("[fatal]", StringComparison.Ordinal);
        HasErrors |= isError && _isDecoding && !line.Contains(NotListed, StringComparison.Ordinal);
        return !isError;
    }

    private static double Parse(Match match) =>
        double.TryParse(match.Groups[1].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : double.NegativeInfinity;

    [GeneratedRegex(@"\bI:\s+(-?[\d.]+|-inf) LUFS")]
    private static partial Regex IntegratedLoudness();

    [GeneratedRegex(@"silence_start: (-?[\d.e+-]+)")]
    private static partial Regex SilenceStart();

    [GeneratedRegex(@"silence_end: (-?[\d.e+-]+)")]
    private static partial Regex SilenceEnd();
}
