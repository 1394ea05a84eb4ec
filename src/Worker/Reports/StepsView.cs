using System.Globalization;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Worker.Files;
using Spectre.Console;

namespace Qwen35Batch.Worker.Reports;

/// <summary>The steps of an agent's job as a table.</summary>
internal static class StepsView
{
    private const int ArgumentsShown = 100;

    public static void Show(IAnsiConsole console, IReadOnlyList<StepRecord> steps)
    {
        if (steps.Count == 0) return;
        var table = new Table()
            .Border(TableBorder.Rounded)
            .Title("steps")
            .AddColumns("step", "kind", "tool", "arguments", "state", "seconds", "tokens in", "out", "bytes");
        foreach (var step in steps)
        {
            table.AddRow(
                Number(step.Number), Spelling.Of(step.Kind), Markup.Escape(step.Tool ?? ""),
                Markup.Escape(step.Kind == StepKind.Call ? Printable.Start(step.Arguments, ArgumentsShown) : ""), State(step),
                Seconds(step), Number(step.Usage.InputTokens), Number(step.Usage.OutputTokens), Number(step.Bytes));
        }

        console.Write(table);
    }

    private static string State(StepRecord step) =>
        (step.IsInDoubt ? "in doubt" : Spelling.Of(step.State)) + (step.IsReplaced ? " (replaced)" : "");

    private static string Seconds(StepRecord step) => step is { StartedAt: { } start, EndedAt: { } end }
        ? (end - start).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)
        : "";

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
