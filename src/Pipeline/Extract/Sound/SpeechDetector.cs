using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Sound;

/// <summary>
/// Finds what is probably speech, by two properties of it: its energy between 200 and 3,800 Hz rises above the background and
/// swings with the syllables, and its zero crossings change as vowels and consonants alternate. A steady tone or hum has
/// neither, noise has the first at most. No model, the same answer every time.
/// </summary>
internal static class SpeechDetector
{
    /// <summary>Samples per second.</summary>
    public const int SampleRate = 16_000;

    private const int FrameLength = SampleRate / 50;
    private const double QuietestSpeech = -50;
    private const double AboveBackground = 9;
    private const double BandShare = -6;
    private const int BridgedFrames = 20;
    private const int ShortestFrames = 12;
    private const double LeastEnergySwing = 4;
    private const double LeastCrossingSwing = 0.025;

    /// <summary>The spans that are probably speech.</summary>
    /// <param name="samples">16 kHz mono.</param>
    /// <param name="start">The time of the first sample, in seconds.</param>
    public static IReadOnlyList<TimeSpanSeconds> Find(ReadOnlySpan<short> samples, double start)
    {
        var frames = Frames(samples);
        if (frames.Length == 0)
            return [];
        var levels = frames.Select(frame => frame.Band).Order().ToArray();
        var threshold = Math.Max(QuietestSpeech, levels[levels.Length / 10] + AboveBackground);

        var spans = new List<TimeSpanSeconds>();
        foreach (var (first, last) in Regions(frames, threshold))
        {
            if (IsSpeech(frames.AsSpan(first, last - first + 1)))
                spans.Add(new(start + ((double)first * FrameLength / SampleRate), start + ((double)(last + 1) * FrameLength / SampleRate)));
        }

        return spans;
    }

    private static Frame[] Frames(ReadOnlySpan<short> samples)
    {
        var high = Biquad.HighPass(200, SampleRate);
        var low = Biquad.LowPass(3_800, SampleRate);
        var frames = new Frame[samples.Length / FrameLength];
        var previous = 0.0;
        for (var index = 0; index < frames.Length; index++)
        {
            double total = 0, band = 0;
            var crossings = 0;
            foreach (var sample in samples.Slice(index * FrameLength, FrameLength))
            {
                var x = sample / 32768.0;
                var y = low.Next(high.Next(x));
                total += x * x;
                band += y * y;
                if (y >= 0 != previous >= 0)
                    crossings++;
                previous = y;
            }

            frames[index] = new(Decibels(band), Decibels(total), (double)crossings / FrameLength);
        }

        return frames;
    }

    private static IEnumerable<(int First, int Last)> Regions(Frame[] frames, double threshold)
    {
        int first = -1, last = -1;
        for (var index = 0; index < frames.Length; index++)
        {
            if (frames[index].Band < threshold || frames[index].Band < frames[index].Total + BandShare)
                continue;
            if (first >= 0 && index - last > BridgedFrames)
            {
                yield return (first, last);
                first = -1;
            }

            if (first < 0)
                first = index;
            last = index;
        }

        if (first >= 0)
            yield return (first, last);
    }

    private static bool IsSpeech(ReadOnlySpan<Frame> region)
    {
        if (region.Length < ShortestFrames)
            return false;
        // The first and the last frame are partly background and would swing by themselves.
        var inner = region[1..^1].ToArray();
        return Deviation(inner.Select(frame => Math.Max(frame.Band, QuietestSpeech - 10))) >= LeastEnergySwing
            && Deviation(inner.Select(frame => frame.Crossings)) >= LeastCrossingSwing;
    }

    private static double Deviation(IEnumerable<double> values)
    {
        var all = values.ToArray();
        var mean = all.Average();
        return Math.Sqrt(all.Average(value => (value - mean) * (value - mean)));
    }

    private static double Decibels(double energy) => 10 * Math.Log10((energy / FrameLength) + 1e-10);

    /// <summary>20 ms: levels in decibels of full scale, zero crossings per sample.</summary>
    private readonly record struct Frame(double Band, double Total, double Crossings);
}
