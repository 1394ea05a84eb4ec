using System.Globalization;

namespace Qwen35Batch.Benchmarks.Extraction;

/// <summary>
/// One of several ways to take media apart. Of its rounds the least counts: whatever else a machine does only adds to it.
/// </summary>
/// <param name="name">What it is.</param>
/// <param name="asked">What is asked of it; null for what the others are compared with.</param>
/// <param name="measure">Does it once.</param>
internal sealed class ExtractionSide(string name, Asked? asked, Func<ExtractionSide, Task<ProcessTime>> measure)
{
    private readonly List<ProcessTime> _rounds = [];

    /// <summary>What came of it.</summary>
    public string Note { get; set; } = "";

    public async Task MeasureAsync() => _rounds.Add(await measure(this));

    /// <summary>Says how long it took, against another.</summary>
    public void Print(ExtractionSide plain)
    {
        var cheapest = _rounds.MinBy(round => round.Cpu)!;
        Print("wall", plain, round => round.Wall, asked?.Wall, Note);
        Print(
            "CPU", plain, round => round.Cpu, asked?.Cpu,
            string.Create(
                CultureInfo.InvariantCulture, $"{cheapest.Own.TotalSeconds:0.00} s our own, {cheapest.Tools.TotalSeconds:0.00} s tools"));
    }

    private void Print(string what, ExtractionSide plain, Func<ProcessTime, TimeSpan> part, double? most, string note)
    {
        var (seen, other) = (_rounds.Min(part), plain._rounds.Min(part));
        // Of each round against the same round of the other: how much they differ tells how much to make of the figure.
        var ratios = _rounds.Zip(plain._rounds, (own, its) => part(own) / part(its)).Order().ToList();
        var against = most is null
            ? string.Create(CultureInfo.InvariantCulture, $"{"",-28}rounds to {_rounds.Max(part).TotalSeconds:0.00} s")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{seen / other,6:0.00} (at most {most:0.0}; rounds {ratios[0]:0.00} to {ratios[^1]:0.00})");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"    {name + ": " + what,-34} {seen.TotalSeconds,7:0.00} s {against,-46} {note}"));
    }
}
