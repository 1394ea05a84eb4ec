using System.Globalization;
using System.Text.Json.Serialization;

namespace Qwen35Batch.Worker.Confidence;

/// <summary>How far probabilities can be relied on, measured on fields of which it is known whether they are right.</summary>
internal sealed record Reliability
{
    private const int MostBins = 10;

    /// <param name="labels">At least one; in any order.</param>
    public static Reliability Of(IReadOnlyList<(double Probability, bool IsRight)> labels)
    {
        var rising = labels.OrderBy(label => label.Probability).ToList();
        var bins = Binned(rising);
        return new()
        {
            Count = labels.Count,
            Wrong = labels.Count(label => !label.IsRight),
            Auc = AreaUnderCurve(rising),
            CalibrationError = bins.Sum(bin => Math.Abs(bin.Mean - bin.Right) * bin.Count) / labels.Count,
            Brier = labels.Average(label => Math.Pow(label.Probability - (label.IsRight ? 1 : 0), 2)),
            WrongAmongSurest = WrongShare([.. rising.Skip(rising.Count - (rising.Count * 4 / 5))]),
            Bins = bins,
        };
    }

    public required int Count { get; init; }

    public required int Wrong { get; init; }

    /// <summary>The share of wrong ones.</summary>
    [JsonIgnore]
    public double WrongShareOfAll => (double)Wrong / Count;

    /// <summary>
    /// The area under the receiver operating characteristic: how often a right field has a higher probability than a wrong one, equal ones
    /// counted half. Null when all are right, or all wrong.
    /// </summary>
    public required double? Auc { get; init; }

    /// <summary>
    /// The expected calibration error: the mean distance between probability and share of right ones, over bins of equally many fields.
    /// </summary>
    public required double CalibrationError { get; init; }

    /// <summary>The mean squared distance between probability and truth.</summary>
    public required double Brier { get; init; }

    /// <summary>The share of wrong ones among the 80 % with the highest probabilities.</summary>
    public required double WrongAmongSurest { get; init; }

    /// <summary>From the least sure to the surest, equally many fields each.</summary>
    public required IReadOnlyList<Bin> Bins { get; init; }

    /// <summary>The measures in one line, for people.</summary>
    [JsonIgnore]
    public string Line => string.Create(
        CultureInfo.InvariantCulture,
        $"{Count} fields, {Wrong} wrong ({WrongShareOfAll:P2}); AUC {Auc ?? double.NaN:0.000}, ECE {CalibrationError:0.0000}, "
            + $"Brier {Brier:0.0000}; wrong among the surest 80 %: {WrongAmongSurest:P2}.");

    private static double? AreaUnderCurve(List<(double Probability, bool IsRight)> rising)
    {
        double below = 0, ranks = 0;
        foreach (var same in rising.GroupBy(label => label.Probability))
        {
            var count = same.Count();
            ranks += same.Count(label => label.IsRight) * (below + ((count + 1) / 2.0));
            below += count;
        }

        double right = rising.Count(label => label.IsRight);
        var wrong = rising.Count - right;
        return right == 0 || wrong == 0 ? null : (ranks - (right * (right + 1) / 2)) / (right * wrong);
    }

    private static List<Bin> Binned(List<(double Probability, bool IsRight)> rising)
    {
        var count = Math.Min(MostBins, rising.Count);
        return
        [
            .. Enumerable.Range(0, count).Select(bin => rising[(bin * rising.Count / count)..((bin + 1) * rising.Count / count)])
                .Select(bin => new Bin(
                    bin[0].Probability,
                    bin[^1].Probability,
                    bin.Average(label => label.Probability),
                    bin.Average(label => label.IsRight ? 1.0 : 0),
                    bin.Count))
        ];
    }

    private static double WrongShare(List<(double Probability, bool IsRight)> labels) =>
        labels.Count == 0 ? 0 : labels.Average(label => label.IsRight ? 0.0 : 1);

    /// <param name="From">The lowest probability of the bin,</param>
    /// <param name="To">and the highest.</param>
    /// <param name="Mean">The mean probability.</param>
    /// <param name="Right">The share of right ones.</param>
    /// <param name="Count">Fields.</param>
    internal sealed record Bin(double From, double To, double Mean, double Right, int Count);
}
