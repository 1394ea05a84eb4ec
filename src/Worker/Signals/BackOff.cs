namespace Qwen35Batch.Worker.Signals;

/// <summary>Growing pauses between attempts, each with a random part so that workers do not return in step.</summary>
internal sealed class BackOff(TimeSpan first, TimeSpan longest)
{
    private int _failures;

    public int Failures => _failures;

    public TimeSpan Next()
    {
        var full = Math.Min(longest.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, Math.Min(_failures, 20)));
        _failures++;
        return TimeSpan.FromMilliseconds(full * (0.75 + (0.25 * Random.Shared.NextDouble())));
    }

    public void Reset() => _failures = 0;
}
