using Qwen35Batch.Pipeline.Extract.Sound;

namespace Qwen35Batch.Pipeline.Tests.Extract;

public sealed class SpeechDetectorTests
{
    private const int Rate = SpeechDetector.SampleRate;

    /// <summary>Vowels (pulses at 120 Hz, formed to a harmonic series) and hisses in turn, four syllables a second.</summary>
    private static double Syllables(double t, Random noise)
    {
        var phase = t * 4 % 1;
        var envelope = Math.Pow(Math.Sin(Math.PI * phase), 2);
        if (phase < 0.25)
            return envelope * 0.3 * ((noise.NextDouble() * 2) - 1);
        var vowel = 0.0;
        for (var harmonic = 1; harmonic <= 12; harmonic++)
            vowel += Math.Sin(2 * Math.PI * 120 * harmonic * t) / harmonic;
        return envelope * 0.2 * vowel;
    }

    private static short[] Render(double seconds, Func<double, double> signal) =>
        [.. Enumerable.Range(0, (int)(seconds * Rate)).Select(index => (short)(Math.Clamp(signal(index / (double)Rate), -1, 1) * 32_000))];

    [Fact]
    public void Syllables_are_found_where_they_are_and_in_time_of_the_media()
    {
        var noise = new Random(1);
        var samples = Render(6, t => t is > 2 and < 4 ? Syllables(t, noise) : 0.0005 * noise.NextDouble());

        var span = Assert.Single(SpeechDetector.Find(samples, start: 100));

        Assert.InRange(span.Start, 101.95, 102.2);
        Assert.InRange(span.End, 103.8, 104.05);
    }

    [Fact]
    public void Tones_noise_and_silence_are_no_speech()
    {
        var noise = new Random(1);

        Assert.Empty(SpeechDetector.Find(Render(3, _ => 0), 0));
        Assert.Empty(SpeechDetector.Find(Render(3, t => 0.5 * Math.Sin(2 * Math.PI * 440 * t)), 0));
        Assert.Empty(SpeechDetector.Find(Render(3, t => t % 1 < 0.5 ? 0.5 * Math.Sin(2 * Math.PI * 440 * t) : 0), 0));
        Assert.Empty(SpeechDetector.Find(Render(3, _ => noise.NextDouble() - 0.5), 0));
        Assert.Empty(SpeechDetector.Find(Render(3, t => t is > 1 and < 2 ? noise.NextDouble() - 0.5 : 0), 0));
        Assert.Empty(SpeechDetector.Find([], 0));
    }
}
