using System.Globalization;

namespace Qwen35Batch.Benchmarks;

/// <summary>Two ways of doing the same, measured in the same run; figures of different runs are never compared.</summary>
/// <param name="What">What was done.</param>
/// <param name="Value">The way under test, in the unit; more is better.</param>
/// <param name="Reference">The way that it is compared with, in the same unit.</param>
/// <param name="Unit">Such as <c>tokens/s</c>.</param>
internal sealed record Comparison(string What, double Value, double Reference, string Unit)
{
    public double Ratio => Value / Reference;

    public void Print() => Console.WriteLine(
        string.Create(
            CultureInfo.InvariantCulture, $"  {What,-64} {Value,10:0.##} against {Reference,10:0.##} {Unit,-12} {Ratio,7:0.000}"));
}
