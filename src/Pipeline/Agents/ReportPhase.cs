using System.Text.Json;
using Qwen35Batch.Pipeline.Agents.Reports;
using Qwen35Batch.Pipeline.Agents.Steps;

namespace Qwen35Batch.Pipeline.Agents;

/// <summary>The verified report becomes files, by the tool that writes and by the same rules as every call.</summary>
internal sealed class ReportPhase(CallPhase calls)
{
    /// <returns>The files; empty when the task makes none, or they could not be made.</returns>
    public async Task<IReadOnlyList<StoredArtifact>> RunAsync(AgentStudy study, ReportDraft draft, CancellationToken cancellationToken)
    {
        if (study.Agent.Find(ReportTool.ToolName) is null) return [];
        if (study.Journal.StepsLeft <= 0)
        {
            study.Gap($"No file was written: the budget of {study.Journal.Budget.Steps} steps is spent.");
            return [];
        }

        var report = JsonSerializer.SerializeToElement(Report(study, draft), StepJson.Options);
        var step = await calls.DoAsync(study, new(ReportTool.ToolName, report), cancellationToken);
        if (StepJson.Done<CallResult>(step) is { } result) return result.Artifacts;
        study.Gap($"No file was written: {StepJson.Problem(step)}");
        return [];
    }

    private static Report Report(AgentStudy study, ReportDraft draft) => new(
        draft.Title,
        study.LanguageTag,
        [.. draft.Sections.Select(section => new ReportSection(
            section.Heading,
            [.. section.Paragraphs.Select(paragraph => new ReportParagraph(paragraph.Text, paragraph.Notes))]))],
        [.. study.Notebook.Notes.Select(note => new ReportNote(
            note.Id, note.Claim, note.Quote, study.Notebook.Sources[note.Source - 1].Address))],
        study.Notebook.Sources,
        draft.Dropped,
        [])
    {
        Withheld = study.Withheld.Sum(withheld => withheld.Sentences + withheld.Words),
    };
}
