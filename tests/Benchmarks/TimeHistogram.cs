using System.Globalization;

namespace Qwen35Batch.Benchmarks;

/// <summary>Times by three digits, so that those of several runs can be taken together.</summary>
internal sealed class TimeHistogram
{
    /// <summary>How often each time was measured, in microseconds.</summary>
    public SortedDictionary<double, long> Counts { get; init; } = [];

    public long Count => Counts.Values.Sum();

    public void Add(TimeSpan time)
    {
        var microseconds = time.TotalMicroseconds;
        var unit = microseconds <= 0 ? 1 : Math.Pow(10, Math.Floor(Math.Log10(microseconds)) - 2);
        var rounded = Math.Round(Math.Round(microseconds / unit) * unit, 3);
        Counts[rounded] = Counts.GetValueOrDefault(rounded) + 1;
    }

    public void Add(TimeHistogram other)
    {
        foreach (var (time, count) in other.Counts)
            Counts[time] = Counts.GetValueOrDefault(time) + count;
    }

    /// <param name="perUnit">Microseconds of the unit to print.</param>
    public string Percentiles(double perUnit) => Counts.Count == 0
        ? "-"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{Count} times: p50 {At(0.5) / perUnit:0.00}, p90 {At(0.9) / perUnit:0.00}, p99 {At(0.99) / perUnit:0.00}, p99.9 "
                + $"{At(0.999) / perUnit:0.00}, largest {Counts.Keys.Max() / perUnit:0.00}");

    private double At(double share)
    {
        var left = (long)(share * Count);
        foreach (var (time, count) in Counts)
        {
            if ((left -= count) < 0)
                return time;
        }

        return Counts.Keys.Max();
    }
}
