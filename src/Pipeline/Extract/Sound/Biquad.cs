namespace Qwen35Batch.Pipeline.Extract.Sound;

/// <summary>A second-order filter with Butterworth response.</summary>
internal sealed class Biquad
{
    private readonly double _b0, _b1, _b2, _a1, _a2;
    private double _x1, _x2, _y1, _y2;

    private Biquad(double b0, double b1, double b2, double a0, double a1, double a2) =>
        (_b0, _b1, _b2, _a1, _a2) = (b0 / a0, b1 / a0, b2 / a0, a1 / a0, a2 / a0);

    /// <summary>Passes what lies below a frequency.</summary>
    public static Biquad LowPass(double hertz, double sampleRate)
    {
        var (cosine, alpha) = Angle(hertz, sampleRate);
        return new((1 - cosine) / 2, 1 - cosine, (1 - cosine) / 2, 1 + alpha, -2 * cosine, 1 - alpha);
    }

    /// <summary>Passes what lies above a frequency.</summary>
    public static Biquad HighPass(double hertz, double sampleRate)
    {
        var (cosine, alpha) = Angle(hertz, sampleRate);
        return new((1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2, 1 + alpha, -2 * cosine, 1 - alpha);
    }

    /// <summary>The next sample.</summary>
    public double Next(double x)
    {
        var y = (_b0 * x) + (_b1 * _x1) + (_b2 * _x2) - (_a1 * _y1) - (_a2 * _y2);
        (_x2, _x1, _y2, _y1) = (_x1, x, _y1, y);
        return y;
    }

    private static (double Cosine, double Alpha) Angle(double hertz, double sampleRate)
    {
        var (sine, cosine) = Math.SinCos(2 * Math.PI * hertz / sampleRate);
        return (cosine, sine / Math.Sqrt(2));
    }
}
