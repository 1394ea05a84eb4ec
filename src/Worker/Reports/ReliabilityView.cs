using System.Globalization;
using Qwen35Batch.Worker.Confidence;
using Spectre.Console;

namespace Qwen35Batch.Worker.Reports;

/// <summary>Shows on a console how far probabilities can be relied on.</summary>
internal static class ReliabilityView
{
    public static void Show(IAnsiConsole console, Reliability reliability)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("probability", "mean", "right", "fields");
        foreach (var bin in reliability.Bins)
            table.AddRow($"{Exact(bin.From)} to {Exact(bin.To)}", Exact(bin.Mean), Exact(bin.Right), $"{bin.Count}");
        console.Write(table);
        // One line for whoever searches it, however narrow the console is.
        console.Profile.Out.Writer.WriteLine(reliability.Line);
    }

    public static string Auc(double? auc) => auc is { } known ? known.ToString("0.000", CultureInfo.InvariantCulture) : "-";

    private static string Exact(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
