using Qwen35Batch.Persistence.Calibrations;
using Qwen35Batch.Worker.Confidence;
using Qwen35Batch.Worker.Reports;
using Spectre.Console;

namespace Qwen35Batch.Worker.Commands;

/// <summary>The part of <c>eval</c> that is about the probabilities of fields.</summary>
internal static class Calibration
{
    /// <summary>Shows how far the probabilities that the fields already have can be relied on.</summary>
    /// <returns>Null when none has one.</returns>
    public static Reliability? Check(IReadOnlyList<LabelledField> labels)
    {
        var said = labels.Where(label => label.Probability is not null).ToList();
        if (said.Count == 0) return null;
        var reliability = Reliability.Of([.. said.Select(label => (label.Probability!.Value, label.IsRight))]);
        Console.WriteLine("The probabilities that these fields were given:");
        ReliabilityView.Show(AnsiConsole.Console, reliability);
        return reliability;
    }

    /// <summary>Fits a curve to the labels of each model, and stores it for each of their tasks.</summary>
    /// <returns>Measured on fields that the curve was not fitted to; null when nothing was stored.</returns>
    public static async Task<Reliability?> StoreAsync(
        CalibrationLedger ledger, IReadOnlyList<LabelledField> labels, CancellationToken cancellationToken)
    {
        if (labels.Count == 0)
        {
            Console.WriteLine(
                "Nothing is calibrated: no field that items.jsonl names has signals. Insights of an earlier version have none, and an "
                    + "endpoint gives them only with Engine:LogProbabilities.");
            return null;
        }

        var heldOut = new List<(LabelledField Label, double Probability)>();
        foreach (var model in labels.GroupBy(label => label.Model))
            heldOut.AddRange(await StoreAsync(ledger, model.Key, [.. model], cancellationToken));
        if (heldOut.Count == 0) return null;
        Console.WriteLine("Insights that are stored already keep their probabilities until 'qwen35batch calibration apply' is run.");
        var reliability = Measure(heldOut);
        Console.WriteLine("Measured on the half of the items that a curve was not fitted to, either half in turn:");
        ReliabilityView.Show(AnsiConsole.Console, reliability);
        return reliability;
    }

    private static async Task<IReadOnlyList<(LabelledField Label, double Probability)>> StoreAsync(
        CalibrationLedger ledger, string model, IReadOnlyList<LabelledField> labels, CancellationToken cancellationToken)
    {
        var fit = CalibrationFit.Of(labels);
        var few = (fit?.TooFew ?? CalibrationFit.Counts(labels))
            .Select(kind => $"{kind.Key}: {kind.Value} of {CalibrationFit.LeastLabels}");
        if (string.Join(", ", few) is { Length: > 0 } missing)
        {
            Console.WriteLine($"Too few labels of {model}, so that fields of these kinds stay without a probability: {missing}.");
        }

        if (fit is null) return [];
        var calibrations = fit.HeldOut.GroupBy(one => one.Label.Task)
            .Select(task => new CalibrationRecord(fit.Curve, Measure([.. task])).ToStore(task.Key, model));
        foreach (var stored in await ledger.AddAsync([.. calibrations], cancellationToken))
            Console.WriteLine($"Stored: {stored.Name}, on {stored.Labels} labels of it, {stored.Wrong} of them wrong.");
        return fit.HeldOut;
    }

    private static Reliability Measure(IReadOnlyList<(LabelledField Label, double Probability)> heldOut) =>
        Reliability.Of([.. heldOut.Select(one => (one.Probability, one.Label.IsRight))]);
}
