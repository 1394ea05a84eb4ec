using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Agents.Reports;
using Qwen35Batch.Pipeline.Agents.Reports.Pdf;
using Qwen35Batch.Pipeline.Agents.Steps;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Agents;

/// <summary><c>write_report</c>: the report as PDF and Markdown. Called by the flow with what was verified, never by the model.</summary>
internal sealed class ReportTool(IOptions<AcquireOptions> acquire, IOptions<AgentOptions> options) : IAgentTool
{
    public const string ToolName = "write_report";

    public string Name => ToolName;

    public string Description => "Writes the report as PDF and Markdown.";

    public JsonElement Schema { get; } = JsonDocument.Parse("""
        {
          "type": "object",
          "properties": { "title": { "type": "string" }, "sections": { "type": "array" }, "notes": { "type": "array" },
            "sources": { "type": "array" }, "droppedParagraphs": { "type": "integer" }, "withheld": { "type": "integer" },
            "language": { "type": "string" }, "pictures": { "type": "array" } },
          "required": ["title", "sections", "notes", "sources", "language"]
        }
        """).RootElement.Clone();

    public ToolEffect Effect => ToolEffect.Write;

    public ResultTrust Trust => ResultTrust.Trusted;

    public Task<ToolResult> CallAsync(JsonElement arguments, ToolCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var report = arguments.Deserialize<Report>(StepJson.Options)
            ?? throw new ToolFailedException("There is no report among the arguments of write_report.");
        var folder = Path.Combine(Path.GetFullPath(acquire.Value.DataFolder), "tmp");
        Directory.CreateDirectory(folder);
        var pdf = Path.Combine(folder, $"report-{Guid.NewGuid():N}.pdf");
        var markdown = Path.Combine(folder, $"report-{Guid.NewGuid():N}.md");
        File.WriteAllText(markdown, ReportMarkdown.Write(report), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        using (var output = File.Create(pdf)) ReportPdf.Write(report, output, options.Value.ReportFonts);
        return Task.FromResult(new ToolResult("The report is written: report.pdf and report.md.")
        {
            Artifacts = [new("report.pdf", "application/pdf", pdf), new("report.md", "text/markdown", markdown)],
        });
    }
}
