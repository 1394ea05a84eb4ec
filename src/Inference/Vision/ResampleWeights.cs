namespace Qwen35Batch.Inference.Vision;

/// <summary>Which samples of a line make up each sample of the resized line, and with what weights (22-bit fixed point).</summary>
internal sealed class ResampleWeights
{
    private const double Support = 2;
    private const double Scale = 1 << 22;

    private readonly int[] _weights;
    private readonly int[] _counts;
    private readonly int _most;

    private ResampleWeights(int from, int to)
    {
        var scale = (double)from / to;
        var filterScale = Math.Max(scale, 1);
        var support = Support * filterScale;
        _most = (int)Math.Ceiling(support) * 2 + 1;
        _weights = new int[to * _most];
        _counts = new int[to];
        Starts = new int[to];
        var line = new double[_most];
        for (var i = 0; i < to; i++)
        {
            var centre = (i + 0.5) * scale;
            var start = Math.Max((int)(centre - support + 0.5), 0);
            var count = Math.Min((int)(centre + support + 0.5), from) - start;
            for (var j = 0; j < count; j++)
                line[j] = Cubic((j + start - centre + 0.5) / filterScale);
            var sum = line.AsSpan(0, count).ToArray().Sum();
            for (var j = 0; j < count; j++)
            {
                var weight = line[j] / sum * Scale;
                _weights[i * _most + j] = (int)(weight < 0 ? weight - 0.5 : weight + 0.5);
            }

            Starts[i] = start;
            _counts[i] = count;
        }
    }

    /// <summary>The first sample of each.</summary>
    public int[] Starts { get; }

    /// <summary>The weights of one, from its first sample on.</summary>
    public ReadOnlySpan<int> Of(int index) => _weights.AsSpan(index * _most, _counts[index]);

    /// <summary>Computes the weights to resize a line.</summary>
    public static ResampleWeights Create(int from, int to) => new(from, to);

    private static double Cubic(double x)
    {
        const double a = -0.5;
        x = Math.Abs(x);
        return x switch
        {
            < 1 => ((a + 2) * x - (a + 3)) * x * x + 1,
            < 2 => (((x - 5) * x + 8) * x - 4) * a,
            _ => 0,
        };
    }
}
