using System.Globalization;
using Qwen35Batch.Pipeline.Agents;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Files;
using Qwen35Batch.Worker.Hosting;
using Qwen35Batch.Worker.Reports;
using Spectre.Console;

namespace Qwen35Batch.Worker.Commands;

/// <summary><c>run --ask … --dry-run</c>: what a question would set going. No tool is called, and nothing is stored.</summary>
internal static class AgentDryRun
{
    public static async Task<int> ShowAsync(
        CommandOutput output, WorkerSettings settings, string task, IReadOnlyList<string> questions, string? language,
        CancellationToken cancellationToken)
    {
        if (questions.Count == 0) throw new CommandException("--dry-run takes a question: name it with --ask.");
        using var tools = WorkerComposition.BuildLedgerOnly(settings);
        var preview = tools.Services.GetRequiredService<AgentPreview>();
        foreach (var question in questions)
        {
            try
            {
                Show(output, question, await preview.PlanAsync(task, question, language, cancellationToken));
            }
            catch (UnknownTaskException unknown)
            {
                throw new CommandException(unknown.Message);
            }
        }

        return 0;
    }

    private static void Show(CommandOutput output, string question, PreviewedStudy study)
    {
        output.Out.WriteLine(Printable.Text(question));
        foreach (var line in study.Plan) output.Out.WriteLine($"- {Printable.Text(line)}");
        var table = new Table().Border(TableBorder.Rounded).AddColumns("tool", "effect", "calls", "hosts", "approval", "");
        foreach (var tool in study.Tools)
        {
            table.AddRow(
                Markup.Escape(tool.Name), tool.Effect.ToLowerInvariant(), Number(tool.MaxCalls),
                Markup.Escape(string.Join(", ", tool.Hosts)), tool.NeedsApproval ? "required" : "", Markup.Escape(tool.Missing ?? ""));
        }

        output.Console.Write(table);
        output.Out.WriteLine(
            $"At most {Number(study.Steps)} steps, {Number(study.Tokens)} tokens, "
            + $"{study.Minutes.ToString(CultureInfo.InvariantCulture)} minutes of work and {Number(study.Bytes)} bytes from outside.");
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
